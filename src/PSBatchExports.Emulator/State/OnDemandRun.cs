using PSBatchExports.Emulator.Data;

namespace PSBatchExports.Emulator;

/// <summary>A file-download run; its status follows from the time since it was created unless it is forced.</summary>
public sealed class OnDemandRun
{
    private const double RunningProgress = 0.25;
    private const double WritingProgress = 0.5;
    private const double CompletedProgress = 0.8;

    /// <summary>What a run uploads with is good for an hour and is not renewed.</summary>
    private static readonly TimeSpan UploadLifetime = TimeSpan.FromHours(1);

    public required Guid Id { get; init; }

    public required Guid OnDemandId { get; init; }

    public required int ProjectId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required TimeSpan Duration { get; init; }

    public required OnDemandSpecification Specification { get; init; }

    /// <summary>Whether it has more rows than can be uploaded in time.</summary>
    public bool IsTooLarge { get; init; }

    /// <summary>Set when the status no longer follows the time.</summary>
    public string? ForcedStatus { get; private set; }

    public string? ForcedError { get; private set; }

    /// <summary>Ids of its files, by part; longer than the files there are.</summary>
    public required Func<int, Guid> FileId { get; init; }

    /// <summary>How long its list of files grows; zero: it is there at once.</summary>
    public TimeSpan ListDuration { get; private set; }

    private DateTimeOffset? ListFrom { get; set; }

    private DateTimeOffset WritingStartsAt => CreatedAt + (Duration * WritingProgress);

    private bool ExceedsUploadLifetime => Duration * (CompletedProgress - WritingProgress) > UploadLifetime;

    public void Force(string status, string? error = null)
    {
        ForcedStatus = status;
        ForcedError = error;
    }

    /// <summary>Lets the list of files grow from a time on, one file after the other in an order that their ids decide.</summary>
    /// <param name="duration">How long it takes at most until all are listed.</param>
    /// <param name="from">When it begins; null: when the run has completed by itself.</param>
    public void GrowList(TimeSpan duration, DateTimeOffset? from = null)
    {
        ListDuration = duration;
        ListFrom = from;
    }

    /// <summary>The stored status, which the list shows.</summary>
    public string StatusAt(DateTimeOffset now)
    {
        if (ForcedStatus is not null)
            return ForcedStatus;

        var progress = Duration > TimeSpan.Zero ? (now - CreatedAt) / Duration : 1;
        if (progress >= WritingProgress && FailureAt(now) is not null)
            return RunStatus.Failed;

        return progress switch
        {
            < RunningProgress => RunStatus.Starting,
            < CompletedProgress => RunStatus.Running,
            _ => RunStatus.Completed,
        };
    }

    public string? ErrorAt(DateTimeOffset now) =>
        ForcedStatus is not null ? ForcedError
        : StatusAt(now) == RunStatus.Failed ? FailureAt(now)
        : null;

    /// <summary>Whether the list shows a file, which is written a little after completion.</summary>
    internal bool IsListed(Guid fileId, DateTimeOffset now)
    {
        if (StatusAt(now) != RunStatus.Completed)
            return false;

        if (ListDuration > TimeSpan.Zero)
            return now >= (ListFrom ?? CreatedAt + Duration) + (ListDuration * ListPosition(fileId));

        return ForcedStatus is not null || now - CreatedAt >= Duration;
    }

    // The compression is looked at when the data is staged and the writing begins.
    private string? FailureAt(DateTimeOffset now) =>
        Specification.StagingError
        ?? (IsTooLarge ? RunErrors.UploadExpired : null)
        ?? (ExceedsUploadLifetime && now >= WritingStartsAt + UploadLifetime ? RunErrors.UploadExpired : null);

    private static double ListPosition(Guid fileId)
    {
        Span<byte> bytes = stackalloc byte[16];
        fileId.TryWriteBytes(bytes);
        return new Noise(BitConverter.ToInt32(bytes[12..]), BitConverter.ToInt64(bytes[4..])).Next() / (double)ulong.MaxValue;
    }
}
