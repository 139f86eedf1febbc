namespace PSBatchExports.Exports;

/// <summary>Something that is read once, for all who ask for it. After a failure, the next caller reads it again.</summary>
/// <param name="read">Reads it.</param>
internal sealed class SharedRead<T>(Func<CancellationToken, Task<T>> read)
{
    private readonly object _gate = new();
    private Task<T>? _reading;

    public async Task<T> GetAsync(CancellationToken cancellationToken)
    {
        Task<T> reading;
        lock (_gate)
            reading = _reading ??= read(cancellationToken);

        try
        {
            return await reading;
        }
        catch
        {
            lock (_gate)
                _reading = _reading == reading ? null : _reading;

            throw;
        }
    }
}
