namespace PSBatchExports.Emulator;

/// <summary>A file-download run; its status follows from the time since it was created unless it is forced.</summary>
public sealed class OnDemandRun
{
    private const double RunsFrom = 0.25;
    private const double CompletesFrom = 0.8;

    public required Guid Id { get; init; }

    public required Guid OnDemandId { get; init; }

    public required int ProjectId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required TimeSpan Duration { get; init; }

    public required OnDemandSpecification Specification { get; init; }

    /// <summary>Set when the status no longer follows the time.</summary>
    public string? ForcedStatus { get; private set; }

    public string? ForcedError { get; private set; }

    /// <summary>Ids of its files, by part; longer than the files there are.</summary>
    public required Func<int, Guid> FileId { get; init; }

    public void Force(string status, string? error = null)
    {
        ForcedStatus = status;
        ForcedError = error;
    }

    /// <summary>The stored status, which the list shows.</summary>
    public string StatusAt(DateTimeOffset now)
    {
        if (ForcedStatus is not null)
            return ForcedStatus;
        var progress = Duration > TimeSpan.Zero ? (now - CreatedAt) / Duration : 1;
        return progress switch
        {
            < RunsFrom => RunStatus.Starting,
            < CompletesFrom => RunStatus.Running,
            _ => Specification.Refusal is null ? RunStatus.Completed : RunStatus.Failed,
        };
    }

    public string? ErrorAt(DateTimeOffset now) =>
        ForcedStatus is not null ? ForcedError
        : StatusAt(now) == RunStatus.Failed ? Specification.Refusal
        : null;

    /// <summary>Whether the list of files is written, which happens a little after completion.</summary>
    internal bool AreFilesListed(DateTimeOffset now) =>
        StatusAt(now) == RunStatus.Completed && (ForcedStatus is not null || now - CreatedAt >= Duration);
}
