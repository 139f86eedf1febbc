using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Integrity;
using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;
using PSBatchExports.OnDemand;

namespace PSBatchExports.Files.Listing;

/// <summary>
/// Finds out whether a completed run lists all of its files: the service writes the list after it has completed the run, one file after the
/// other, and answers with what is there (docs/wire.md, section 13).
/// </summary>
internal sealed class FileListReader(Api api, OnDemandRunsClient runs, KnownRuns known)
{
    /// <summary>The time between two equal answers that settle a list whose files are not known any better.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>How long a list has to have stayed the same when its files are saved and do not show that they are all.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(20);

    /// <summary>The same where they show that they are not all: the service waits for up to a minute before it tries again to list a file.</summary>
    private static readonly TimeSpan RestOfLackingRows = TimeSpan.FromSeconds(65);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private DateTimeOffset Now => api.Time.GetUtcNow();

    /// <summary>The list as it is now.</summary>
    public async Task<RunFileList> ReadAsync(string runId, CancellationToken cancellationToken) =>
        Accept(await runs.GetAsync(runId, cancellationToken));

    /// <summary>The list that was settled before over this connection, else the list as it is now.</summary>
    public async Task<RunFileList> OpenAsync(string runId, CancellationToken cancellationToken) =>
        known.Find(runId).Files is { } settled && settled.Scope == api.Scope ? settled : await ReadAsync(runId, cancellationToken);

    private RunFileList Of(BatchExportRun run)
    {
        var list = new RunFileList(api.Scope, run, Now) { Secrets = api.Secrets };
        return known.Find(list.RunId).Files is { } settled && settled.IsSameAs(list) ? list.SettledAs(settled)
            : IsWhole(list, []) ? Remember(list.Proven())
            : list;
    }

    /// <summary>Reads the list until two answers in a row are the same. What has grown has to rest for as long as it has grown.</summary>
    /// <exception cref="FileListGrowingException">It still grows.</exception>
    public async Task<RunFileList> SettleAsync(
        RunFileList list, TimeSpan pause, Func<CancellationToken, Task<BatchExportRun>> look, Action? onWait, CancellationToken cancellationToken)
    {
        var started = Now;
        while (!list.IsSettled)
        {
            await RestAsync(pause - (Now - list.Since), onWait, cancellationToken);
            var next = Accept(await look(cancellationToken));
            if (next.IsSameAs(list) && !IsEmptyByMistake(next))
                return Remember(next.SettledAs(list));

            if (Now - started >= Patience)
                throw Growing(next, missing: null);

            list = next;
            pause = Shorter(LongestPause, Longer(pause, Now - started));
        }

        return list;
    }

    /// <summary>Looks whether more files are listed than those that were saved, unless they show that they are all.</summary>
    /// <param name="list">The list.</param>
    /// <param name="saved">The saved files of the run.</param>
    /// <param name="begun">When the first such look began. A list that is not whole ten minutes later is an error.</param>
    /// <param name="onWait">Is told before each wait.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The settled list, or another one, whose new files are to be saved before it is checked again.</returns>
    /// <exception cref="FileListGrowingException">A file is missing and does not come, or the list does not come to rest.</exception>
    public async Task<RunFileList> CheckAsync(
        RunFileList list, IReadOnlyCollection<SavedBatchExportFile> saved, DateTimeOffset begun, Action? onWait, CancellationToken cancellationToken)
    {
        if (list.IsProven || IsWhole(list, saved))
            return Remember(list.Proven());

        var rest = LacksRows(list, saved) ? RestOfLackingRows : Rest;
        for (var pause = rest - (Now - list.Since); ; pause = rest)
        {
            await RestAsync(pause, onWait, cancellationToken);
            var next = await ReadAsync(list.RunId, cancellationToken);
            var isOver = Now - begun >= Patience;
            if (!next.IsSameAs(list))
                return isOver ? throw Growing(next, missing: null) : next;

            var missing = Missing(saved);
            if (missing is null && !IsEmptyByMistake(next))
                return Remember(next.SettledAs(list));

            if (isOver)
                throw Growing(next, missing);
        }
    }

    /// <summary>Whether the saved files are known to have fewer rows than the run exported.</summary>
    public static bool LacksRows(RunFileList list, IReadOnlyCollection<SavedBatchExportFile> saved) => RowsIn(saved) < list.Run.RecordsCompleted;

    private async Task RestAsync(TimeSpan rest, Action? onWait, CancellationToken cancellationToken)
    {
        if (rest <= TimeSpan.Zero)
            return;

        onWait?.Invoke();
        await Task.Delay(rest, api.Time, cancellationToken);
    }

    // Whether one answer is enough: nothing was exported; or the saved files' numbers begin with 0 and have no gap, and the last of them was not full;
    // or they have all rows.
    private bool IsWhole(RunFileList list, IReadOnlyCollection<SavedBatchExportFile> saved)
    {
        if (list.Files.Count == 0)
            return !IsEmptyByMistake(list);

        var limit = known.Find(list.RunId).MaxFileSize;
        if (limit == long.MaxValue)
            return list.Files.Count == 1;

        var files = saved.Where(file => list.Files.Any(listed => listed.FileId == file.FileId)).ToArray();
        if (files.Length != list.Files.Count)
            return false;
        return IsLastOneShort(files, limit) || HaveAllRows(list, files);
    }

    private static bool IsLastOneShort(SavedBatchExportFile[] files, long limit)
    {
        if (Missing(files) is not null)
            return false;

        var last = files.MaxBy(NumberOf)!;
        return last.Length < limit && (NumberOf(last) == files.Length - 1 || (files.Length == 1 && NumberOf(last) is null));
    }

    private static bool HaveAllRows(RunFileList list, SavedBatchExportFile[] files) => RowsIn(files) is { } rows && rows == list.Run.RecordsCompleted;

    // Null where they cannot be told.
    private static long? RowsIn(IEnumerable<SavedBatchExportFile> files)
    {
        var rows = files.Select(file => file.Records ?? RowsInFooter(file)).ToArray();
        return Array.TrueForAll(rows, count => count is not null) ? rows.Sum() : null;
    }

    // What Parquet says in a few bytes at its end; null for other files, which would have to be read.
    private static long? RowsInFooter(SavedBatchExportFile file)
    {
        if (FileFormats.OfName(file.Name).Format != "Parquet")
            return null;

        try
        {
            using var content = File.OpenRead(file.FullName);
            return RowCounter.Count(file.Name, content, CancellationToken.None) is FileRowCount.Counted counted ? counted.Rows : null;
        }
        catch (Exception failure) when (FileSystemErrors.IsOfTheDisk(failure))
        {
            return null;
        }
    }

    // The smallest number below the highest that no file has; null where the numbers have no hole, or the names do not have numbers.
    private static int? Missing(IReadOnlyCollection<SavedBatchExportFile> files)
    {
        var numbers = files.Select(NumberOf).ToArray();
        return Array.Exists(numbers, number => number is null) || numbers.Length == 0
            ? null
            : Enumerable.Range(0, numbers.Max()!.Value).Cast<int?>().FirstOrDefault(number => !numbers.Contains(number));
    }

    // The only file of a run may have none.
    private static int? NumberOf(SavedBatchExportFile file) => PartOrder.Number(file.Name);

    private static bool IsEmptyByMistake(RunFileList list) => list is { Files.Count: 0, Run.RecordsCompleted: > 0 };

    /// <summary>The list of a run that was read, once it is clear that it is one.</summary>
    /// <exception cref="RunNotReadyException">The run goes on, or ended without files.</exception>
    /// <exception cref="UnexpectedResponseException">What it lists are no ids; they become parts of paths.</exception>
    public RunFileList Accept(BatchExportRun run)
    {
        if (run.Status != RunStatus.Completed || run.Files is null)
            throw new RunNotReadyException(run, api.Secrets);

        if (run.Files.FirstOrDefault(id => !ApiScope.IsSegment(id)) is { } bad)
        {
            var request = api.Get(api.Routes.OnDemandRun(run.RunId!));
            throw new UnexpectedResponseException($"The service lists '{DisplayText.Clean(bad)}' as a file, which is not an id.", request.Failed);
        }

        return Of(run);
    }

    /// <summary>
    /// The same of a run that is known to have completed by a time: long after it one answer is enough, because what the service did not list at first it
    /// has tried again to list.
    /// </summary>
    public RunFileList Accept(BatchExportRun run, DateTimeOffset completedBy)
    {
        var list = Accept(run);
        return list.IsSettled || IsEmptyByMistake(list) || Now - completedBy < RestOfLackingRows ? list : Remember(list.SettledAs(list));
    }

    private static FileListGrowingException Growing(RunFileList list, int? missing) => new(list.Run, list.Files.Count, missing);

    private RunFileList Remember(RunFileList list)
    {
        known.Add(list.RunId, run => run with { Files = list });
        return list;
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
