namespace PSBatchExports.Session;

/// <summary>The most recently added items, by id, up to a capacity. Thread-safe.</summary>
internal sealed class RecentItems<T>(int capacity) where T : class
{
    private readonly object _gate = new();
    private readonly Dictionary<string, T> _items = [];
    private readonly Queue<string> _order = new();

    /// <summary>All items, oldest first.</summary>
    public IReadOnlyList<T> All
    {
        get
        {
            lock (_gate)
                return _order.Select(id => _items.GetValueOrDefault(id)).OfType<T>().ToArray();
        }
    }

    public T? Find(string id)
    {
        lock (_gate)
            return _items.GetValueOrDefault(id);
    }

    /// <summary>Adds or replaces an item. At capacity, the oldest item is dropped.</summary>
    public void Add(string id, T item)
    {
        lock (_gate)
        {
            if (_items.TryAdd(id, item))
                _order.Enqueue(id);
            else
                _items[id] = item;

            while (_order.Count > capacity)
                _items.Remove(_order.Dequeue());
        }
    }

    public void Remove(string id)
    {
        lock (_gate)
        {
            if (!_items.Remove(id))
                return;

            var left = _order.Where(other => other != id).ToArray();
            _order.Clear();
            foreach (var other in left)
                _order.Enqueue(other);
        }
    }
}
