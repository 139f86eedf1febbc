namespace PSBatchExports.Proofs;

/// <summary>Collects the keys of a window's rows, file after file.</summary>
/// <param name="store">Where the keys go.</param>
/// <param name="rule">Which column identifies a row.</param>
/// <param name="scope">The number of the scope in which rows must be unique.</param>
/// <param name="window">The number of the window.</param>
internal sealed class RowKeyCollector(RowKeyStore store, RowKeyRule rule, int scope, int window)
{
    private readonly RowKey[] _pending = new RowKey[1024];
    private int _count;

    public RowKeyRule Rule => rule;

    /// <summary>The number of rows with a key.</summary>
    public long Found { get; private set; }

    /// <summary>The number of rows without one.</summary>
    public long Missing { get; private set; }

    public void Add(ReadOnlySpan<byte> text)
    {
        _pending[_count++] = RowKey.Of(text, scope, window);
        Found++;
        if (_count == _pending.Length)
            Flush();
    }

    public void AddMissing() => Missing++;

    public void Flush()
    {
        store.Add(_pending.AsSpan(0, _count));
        _count = 0;
    }
}
