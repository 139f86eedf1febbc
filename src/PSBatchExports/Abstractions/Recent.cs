namespace PSBatchExports.Abstractions;

/// <summary>The things that were met last, by id, up to a number. Used from several threads.</summary>
internal sealed class Recent<T>(int most) where T : class
{
    private readonly object _gate = new();
    private readonly Dictionary<string, T> _things = [];
    private readonly Queue<string> _order = new();

    /// <summary>All of them, the first met first.</summary>
    public IReadOnlyList<T> All
    {
        get
        {
            lock (_gate)
                return _order.Select(id => _things.GetValueOrDefault(id)).OfType<T>().ToArray();
        }
    }

    public T? Find(string id)
    {
        lock (_gate)
            return _things.GetValueOrDefault(id);
    }

    /// <summary>Keeps a thing, in place of what was known of it; where there is no room, the one met first is forgotten.</summary>
    public void Add(string id, T thing)
    {
        lock (_gate)
        {
            if (_things.TryAdd(id, thing))
                _order.Enqueue(id);
            else
                _things[id] = thing;

            while (_order.Count > most)
                _things.Remove(_order.Dequeue());
        }
    }

    public void Remove(string id)
    {
        lock (_gate)
        {
            if (!_things.Remove(id))
                return;

            var left = _order.Where(other => other != id).ToArray();
            _order.Clear();
            foreach (var other in left)
                _order.Enqueue(other);
        }
    }
}
