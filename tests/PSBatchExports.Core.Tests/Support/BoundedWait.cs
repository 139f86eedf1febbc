namespace PSBatchExports.Core.Tests;

/// <summary>Bounded waits in real time.</summary>
internal static class BoundedWait
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    public static Task WithTimeout(this Task work) => work.WaitAsync(Timeout);

    public static Task<T> WithTimeout<T>(this Task<T> work) => work.WaitAsync(Timeout);

    public static async Task Until(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        while (!condition())
            await Task.Delay(5, timeout.Token);
    }

    public static Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> source) => Collect(source).WithTimeout();

    public static async Task<BatchExportException?> Failure(this Task work)
    {
        try
        {
            await work.WithTimeout();
            return null;
        }
        catch (BatchExportException failure)
        {
            return failure;
        }
    }

    private static async Task<List<T>> Collect<T>(IAsyncEnumerable<T> source)
    {
        var items = new List<T>();
        await foreach (var item in source)
            items.Add(item);

        return items;
    }
}
