using System.Runtime.InteropServices;

namespace PSBatchExports.Proofs;

/// <summary>Counts the rows that two windows have in common, and those that one has more than once.</summary>
/// <param name="windows">What was found out about each window.</param>
/// <param name="scopeOf">The scope of a window by its number.</param>
internal sealed class DuplicateRows(IReadOnlyList<WindowFindings> windows, Func<int, int> scopeOf)
{
    private readonly Dictionary<(int Window, int Other), Pair> _pairs = [];

    public void Add(RowKey first, RowKey other)
    {
        ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, (other.Window, first.Window), out var exists);
        pair = exists ? pair with { Count = pair.Count + 1 } : new Pair(1, first);
    }

    /// <summary>Tells the windows. Of two windows, the later one is told.</summary>
    public void Report()
    {
        foreach (var ((window, other), (count, example)) in _pairs.OrderBy(pair => pair.Key))
        {
            var rows = count == 1 ? "1 row is" : FormattableString.Invariant($"{count} rows are");
            var where = window == other ? "there more than once" : $"also in {windows[other].Window.FullName}";
            var uuid = example.ToUuid(scopeOf(window)) is { } id ? $", such as {id}" : "";
            windows[window].AddDuplicates($"{rows} {where}{uuid}");
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Pair(long Count, RowKey Example);
}
