namespace PSBatchExports.Completers;

/// <summary>Asks the service for what Tab may suggest: one request, never sent again, for a second and a half at most.</summary>
internal sealed class OneRequest : IRequestObserver
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1.5);
    private int _requests;

    /// <summary>Remembers what comes within the time, whatever becomes of the rest.</summary>
    public static void Remember<T>(BatchExportConnection connection, ApiScope scope, Func<ScopedClient, CancellationToken, IAsyncEnumerable<T>> list)
    {
        var seen = connection.Known;
        using var stop = new CancellationTokenSource(Timeout);
        var token = stop.Token;
        var asking = Task.Run(
            async () =>
            {
                await foreach (var item in list(connection.CreateClient(new OneRequest()).In(scope), token).WithCancellation(token))
                    seen.Remember(item);
            },
            CancellationToken.None);

        // Name resolution, for one, does not heed a cancellation everywhere.
        ((IAsyncResult)asking).AsyncWaitHandle.WaitOne(Timeout);
        stop.Cancel();
        _ = asking.ContinueWith(ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public void OnRequest(string summary, Func<string> details)
    {
        if (Interlocked.Increment(ref _requests) > 1)
            throw new OperationCanceledException();
    }

    public void OnResponse(string summary, Func<string> details)
    {
    }

    public void OnWait(string reason, TimeSpan delay, DateTimeOffset until) => throw new OperationCanceledException();

    public void OnWarning(string message)
    {
    }
}
