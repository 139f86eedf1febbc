using System.Collections;
using PSBatchExports.Emulator.State;

namespace PSBatchExports.Emulator.Api;

/// <summary>
/// The runs of an export within a window, in the order of a list. They are not copied: finding the window and a place in it takes a few
/// comparisons.
/// </summary>
internal sealed record RunList : IReadOnlyList<ScheduledRun>
{
    public static readonly RunList Empty = new();

    private ExportRuns Runs { get; init; } = new();

    private IReadOnlyList<ScheduledRun> Sorted { get; init; } = [];

    private Comparer<ScheduledRun> Order { get; init; } = ExportRuns.CreationOrder;

    private Func<ScheduledRun, bool> IsInWindow { get; init; } = _ => true;

    private int First { get; init; }

    private int End { get; init; }

    public bool IsDescending { get; init; }

    /// <summary>The statuses to list; all if empty.</summary>
    public string[] Statuses { get; init; } = [];

    public int Count => Math.Max(0, End - First);

    public ScheduledRun this[int index] => Sorted[IsDescending ? End - 1 - index : First + index];

    /// <summary>Runs that were created within a window, including its ends.</summary>
    public static RunList ByCreation(ExportRuns runs, (DateTimeOffset From, DateTimeOffset To) window) => new()
    {
        Runs = runs,
        Sorted = runs.ByCreation,
        Order = ExportRuns.CreationOrder,
        IsInWindow = run => run.CreatedAt >= window.From && run.CreatedAt <= window.To,
        First = Partition(runs.ByCreation, run => run.CreatedAt < window.From),
        End = Partition(runs.ByCreation, run => run.CreatedAt <= window.To),
    };

    /// <summary>Runs whose interval lies within a window.</summary>
    public static RunList ByInterval(ExportRuns runs, (DateTimeOffset From, DateTimeOffset To) window) => new()
    {
        Runs = runs,
        Sorted = runs.ByInterval,
        Order = ExportRuns.IntervalOrder,
        IsInWindow = run => run.DataIntervalStart >= window.From && run.DataIntervalEnd <= window.To,
        First = Partition(runs.ByInterval, run => !(run.DataIntervalStart >= window.From)),
        End = Partition(runs.ByInterval, run => !(run.DataIntervalStart > window.To)),
    };

    public bool IsListed(ScheduledRun run) =>
        IsInWindow(run) && (Statuses.Length == 0 || Statuses.Contains(run.Status, StringComparer.Ordinal));

    public ScheduledRun? Find(Guid? id) => id is { } known && Runs.Find(known) is { } run && IsListed(run) ? run : null;

    /// <summary>The place of the run with an id, which may lie outside the list; <see cref="Count"/> if there is no such run.</summary>
    public int IndexOf(string id)
    {
        if (!Guid.TryParse(id, out var known) || Runs.Find(known) is not { } run)
            return Count;

        var place = Partition(Sorted, other => Order.Compare(other, run) < 0);
        return IsDescending ? End - 1 - place : place - First;
    }

    public IEnumerator<ScheduledRun> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Number of items at the start that a condition is true for; it is false for all others.</summary>
    private static int Partition(IReadOnlyList<ScheduledRun> sorted, Func<ScheduledRun, bool> isBefore)
    {
        var (low, high) = (0, sorted.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (isBefore(sorted[middle]))
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
