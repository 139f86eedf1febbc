namespace PSBatchExports.Core.Tests;

/// <summary>Bounded waits in real time.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static Task Soon(this Task work) => work.WaitAsync(Limit);

    public static Task<T> Soon<T>(this Task<T> work) => work.WaitAsync(Limit);

    public static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
            await Task.Delay(5, limit.Token);
    }

    public static Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> source) => Collect(source).Soon();

    public static async Task<BatchExportException?> Failure(this Task work)
    {
        try
        {
            await work.Soon();
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
