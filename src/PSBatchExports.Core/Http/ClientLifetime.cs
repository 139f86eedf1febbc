namespace PSBatchExports.Http;

/// <summary>Cancels the work of a client when the client is closed.</summary>
/// <param name="host">The API's address, for the exception's message.</param>
internal sealed class ClientLifetime(Uri host) : IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private int _isClosed;

    public bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    /// <exception cref="ClientClosedException">The client is closed, or was closed during the work.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ClosedToken());
        try
        {
            return await work(linked.Token);
        }
        catch (Exception failure) when (IsCausedByClosing(failure, cancellationToken))
        {
            // This also hides what the server said: the key can no longer be scrubbed from it.
            throw Closed();
        }
    }

    /// <returns>False if the client is closed already.</returns>
    public bool TryClose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
            return false;

        _closed.Cancel();
        _closed.Dispose();
        return true;
    }

    public void Dispose() => TryClose();

    private CancellationToken ClosedToken()
    {
        try
        {
            return IsClosed ? throw Closed() : _closed.Token;
        }
        catch (ObjectDisposedException)
        {
            throw Closed();
        }
    }

    private bool IsCausedByClosing(Exception failure, CancellationToken cancellationToken) =>
        IsClosed
        && !cancellationToken.IsCancellationRequested
        && failure is OperationCanceledException or ObjectDisposedException or BatchExportException;

    private ClientClosedException Closed() => new(host.GetLeftPart(UriPartial.Authority));
}
