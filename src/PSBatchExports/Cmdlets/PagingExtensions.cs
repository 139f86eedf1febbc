using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>Connects PowerShell's paging parameters to the client's.</summary>
internal static class PagingExtensions
{
    /// <summary>Converts -Skip, -First and -IncludeTotalCount; the total is written before the first item.</summary>
    public static Paging ToPaging(this PagingParameters parameters, AsyncPipeline pipeline) => new()
    {
        Skip = parameters.Skip,
        First = parameters.First,
        OnTotal = parameters.IncludeTotalCount
            ? total => pipeline.WriteObjectAsync(parameters.NewTotalCount((ulong)Math.Max(0, total ?? 0), total is null ? 0.0 : 1.0))
            : null,
    };

    /// <summary>Writes items.</summary>
    public static async Task WriteEachAsync<T>(this AsyncPipeline pipeline, IEnumerable<T> items)
    {
        foreach (var item in items)
            await pipeline.WriteObjectAsync(item);
    }

    /// <summary>Writes items as they arrive.</summary>
    /// <param name="pipeline">The pipeline to write to.</param>
    /// <param name="items">The items.</param>
    /// <param name="activity">The activity that progress shows, such as "Getting runs".</param>
    /// <param name="onItem">Called for each item.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    public static async Task WriteAllAsync<T>(
        this AsyncPipeline pipeline,
        IAsyncEnumerable<T> items,
        string activity,
        Action<T>? onItem,
        CancellationToken cancellationToken)
    {
        var progress = new ListProgress(pipeline, activity);
        try
        {
            await pipeline.WriteAllAsync(items, progress, onItem, cancellationToken);
        }
        finally
        {
            progress.Complete();
        }
    }

    /// <summary>Writes items as they arrive and adds them to <paramref name="progress"/>.</summary>
    public static async Task WriteAllAsync<T>(
        this AsyncPipeline pipeline,
        IAsyncEnumerable<T> items,
        ListProgress progress,
        Action<T>? onItem,
        CancellationToken cancellationToken)
    {
        await foreach (var item in items.WithCancellation(cancellationToken))
        {
            progress.OnItem();
            onItem?.Invoke(item);
            await pipeline.WriteObjectAsync(item);
        }
    }
}
