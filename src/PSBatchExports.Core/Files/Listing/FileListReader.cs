using PSBatchExports.Http;
using PSBatchExports.OnDemand;

namespace PSBatchExports.Files.Listing;

/// <summary>
/// Reads the file lists of completed runs, and waits until they are complete. The service writes a list after it has completed the run, one
/// file after the other, and answers with what it has so far (docs/wire.md, section 13).
/// </summary>
internal sealed class FileListReader(Api api, OnDemandRunsClient runs, KnownRuns known)
{
    /// <summary>The time between two equal answers that settle a list if nothing else is known about its files.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    // How long a list must stay the same if its saved files do not show that it is complete.
    private static readonly TimeSpan QuietPeriod = TimeSpan.FromSeconds(20);

    // The same if rows are missing: the service waits for up to a minute before it retries to list a file.
    private static readonly TimeSpan QuietPeriodIfRowsAreMissing = TimeSpan.FromSeconds(65);

    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    private DateTimeOffset Now => api.Time.GetUtcNow();

    /// <summary>Reads the current list.</summary>
    public async Task<RunFileList> ReadAsync(string runId, CancellationToken cancellationToken) =>
        Accept(await runs.GetAsync(runId, cancellationToken));

    /// <summary>Returns the list if it was settled over this connection before, else reads the current one.</summary>
    public async Task<RunFileList> OpenAsync(string runId, CancellationToken cancellationToken) =>
        known.Find(runId).Files is { } settled && settled.Scope == api.Scope ? settled : await ReadAsync(runId, cancellationToken);

    /// <summary>Returns the list of a run that has been read.</summary>
    /// <exception cref="RunNotReadyException">The run is not completed, or ended without files.</exception>
    /// <exception cref="UnexpectedResponseException">The service lists something that is not an id.</exception>
    public RunFileList Accept(BatchExportRun run)
    {
        if (run.Status != RunStatus.Completed || run.Files is null)
            throw new RunNotReadyException(run, api.Secrets);

        // Ids become segments of paths.
        if (run.Files.FirstOrDefault(id => !ApiScope.IsSegment(id)) is { } invalid)
        {
            var request = api.Get(api.Routes.OnDemandRun(run.RunId!));
            var message = $"The service lists '{DisplayText.Clean(invalid)}' as a file, which is not an id.";
            throw new UnexpectedResponseException(message, request.Failed);
        }

        return Create(run);
    }

    /// <summary>
    /// As <see cref="Accept(BatchExportRun)"/>, for a run that completed no later than a given time. Long after it one answer settles the
    /// list, because the service has retried to list what it missed at first.
    /// </summary>
    public RunFileList Accept(BatchExportRun run, DateTimeOffset completedBy)
    {
        var list = Accept(run);
        var isRecent = Now - completedBy < QuietPeriodIfRowsAreMissing;
        return list.IsSettled || ListCompleteness.IsEmptyByMistake(list) || isRecent ? list : Remember(list.As(ListState.Settled));
    }

    /// <summary>
    /// Reads the list until two answers in a row are the same. A list that grew must stay the same for as long as it had grown.
    /// </summary>
    /// <param name="list">The list.</param>
    /// <param name="pause">The time between two answers, at least at first.</param>
    /// <param name="readRun">Reads the run again.</param>
    /// <param name="onWait">Called before each wait; null for no one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="FileListGrowingException">The list still grew after ten minutes.</exception>
    public async Task<RunFileList> SettleAsync(
        RunFileList list,
        TimeSpan pause,
        Func<CancellationToken, Task<BatchExportRun>> readRun,
        Action? onWait,
        CancellationToken cancellationToken)
    {
        var started = Now;
        while (!list.IsSettled)
        {
            await WaitAsync(pause - (Now - list.Since), onWait, cancellationToken);
            var next = Accept(await readRun(cancellationToken));
            if (next.IsSameAs(list) && !ListCompleteness.IsEmptyByMistake(next))
                return Remember(next.SettledLike(list));

            var elapsed = Now - started;
            if (elapsed >= Timeout)
                throw StillGrowing(next, missing: null);

            list = next;
            pause = Min(MaxPause, Max(pause, elapsed));
        }

        return list;
    }

    /// <summary>Reads the list again to see whether it has grown, unless the saved files show that it is complete.</summary>
    /// <param name="list">The list.</param>
    /// <param name="saved">The saved files of the run.</param>
    /// <param name="firstCheckAt">When the run was first checked. A list that is still incomplete ten minutes later is an error.</param>
    /// <param name="onWait">Called before each wait; null for no one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The settled list; or a list that has changed, whose new files have to be saved before it is checked again.</returns>
    /// <exception cref="FileListGrowingException">A file is still missing, or the list still grows.</exception>
    public async Task<RunFileList> CheckAsync(
        RunFileList list,
        IReadOnlyCollection<SavedBatchExportFile> saved,
        DateTimeOffset firstCheckAt,
        Action? onWait,
        CancellationToken cancellationToken)
    {
        if (list.State == ListState.Complete || IsComplete(list, saved))
            return Remember(list.As(ListState.Complete));

        var quietPeriod = ListCompleteness.LacksRows(list, saved) ? QuietPeriodIfRowsAreMissing : QuietPeriod;
        for (var pause = quietPeriod - (Now - list.Since); ; pause = quietPeriod)
        {
            await WaitAsync(pause, onWait, cancellationToken);
            var next = await ReadAsync(list.RunId, cancellationToken);
            var hasTimedOut = Now - firstCheckAt >= Timeout;
            if (!next.IsSameAs(list))
                return hasTimedOut ? throw StillGrowing(next, missing: null) : next;

            var missing = ListCompleteness.FindMissingNumber(saved);
            if (missing is null && !ListCompleteness.IsEmptyByMistake(next))
                return Remember(next.SettledLike(list));

            if (hasTimedOut)
                throw StillGrowing(next, missing);
        }
    }

    private RunFileList Create(BatchExportRun run)
    {
        var started = run with { Model = known.Find(run.RunId!).Started?.Request.Model };
        var list = new RunFileList(api.Scope, started, Now) { Secrets = api.Secrets };
        if (known.Find(list.RunId).Files is { } settled && settled.IsSameAs(list))
            return list.SettledLike(settled);

        return IsComplete(list, []) ? Remember(list.As(ListState.Complete)) : list;
    }

    private bool IsComplete(RunFileList list, IReadOnlyCollection<SavedBatchExportFile> saved) =>
        ListCompleteness.IsComplete(list, saved, known.Find(list.RunId).MaxFileSize);

    private async Task WaitAsync(TimeSpan time, Action? onWait, CancellationToken cancellationToken)
    {
        if (time <= TimeSpan.Zero)
            return;

        onWait?.Invoke();
        await Task.Delay(time, api.Time, cancellationToken);
    }

    private RunFileList Remember(RunFileList list)
    {
        known.Add(list.RunId, run => run with { Files = list });
        return list;
    }

    private static FileListGrowingException StillGrowing(RunFileList list, int? missing) => new(list.Run, list.Files.Count, missing);

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
