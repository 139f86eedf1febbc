namespace PSBatchExports.Files.Download;

/// <summary>Reports items by their index, whatever the order in which they are added.</summary>
/// <param name="onItem">Takes the items, one at a time.</param>
internal sealed class OrderedReports<T>(Action<T> onItem)
{
    private readonly Dictionary<int, T> _early = [];
    private int _next;

    public void Add(int index, T item)
    {
        lock (_early)
        {
            _early.Add(index, item);
            while (_early.Remove(_next, out var due))
            {
                onItem(due);
                _next++;
            }
        }
    }
}
