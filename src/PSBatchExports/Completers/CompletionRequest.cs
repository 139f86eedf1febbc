namespace PSBatchExports.Completers;

/// <summary>Requests items to suggest: one page unless more are asked for, without retries, with a timeout of 1.5 seconds.</summary>
internal sealed class CompletionRequest(int maxRequests) : IRequestObserver
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1.5);

    private int _requests;

    /// <summary>Remembers the items that arrive before the timeout; ignores failures.</summary>
    public static void Remember<T>(
        BatchExportConnection connection,
        ApiScope scope,
        Func<ScopedClient, CancellationToken, IAsyncEnumerable<T>> list,
        int maxRequests = 1) =>
        Remember(connection, (client, token) => list(client.In(scope), token), maxRequests);

    /// <summary>Remembers the items that arrive before the timeout; ignores failures.</summary>
    public static void Remember<T>(
        BatchExportConnection connection, Func<BatchExportClient, CancellationToken, IAsyncEnumerable<T>> list, int maxRequests = 1)
    {
        var known = connection.Known;
        using var stop = new CancellationTokenSource(Timeout);
        var token = stop.Token;
        var request = Task.Run(
            async () =>
            {
                var client = connection.CreateClient(new CompletionRequest(maxRequests));
                await foreach (var item in list(client, token).WithCancellation(token))
                    known.Remember(item);
            },
            CancellationToken.None);

        // Name resolution cannot be cancelled on every platform.
        ((IAsyncResult)request).AsyncWaitHandle.WaitOne(Timeout);
        stop.Cancel();
        _ = request.ContinueWith(
            ended => _ = ended.Exception,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public void OnRequest(string summary, Func<string> details)
    {
        if (Interlocked.Increment(ref _requests) > maxRequests)
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
