using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>Joins the engine's paging parameters to the client's.</summary>
internal static class PagingExtensions
{
    /// <summary>The part of the list that was asked for; the total goes out first where it was asked for.</summary>
    public static Paging ToPaging(this PagingParameters parameters, AsyncPipeline pipeline) => new()
    {
        Skip = parameters.Skip,
        First = parameters.First,
        OnTotal = parameters.IncludeTotalCount
            ? total => pipeline.WriteObjectAsync(parameters.NewTotalCount((ulong)Math.Max(0, total ?? 0), total is null ? 0.0 : 1.0))
            : null,
    };

    /// <summary>Puts out what comes, as it comes.</summary>
    /// <param name="pipeline">Where to.</param>
    /// <param name="items">What comes.</param>
    /// <param name="activity">What is done, for the progress that is shown when it takes long.</param>
    /// <param name="onItem">Is told of each.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task WriteAllAsync<T>(this AsyncPipeline pipeline, IAsyncEnumerable<T> items, string activity, Action<T>? onItem, CancellationToken cancellationToken)
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

    /// <summary>The same as a part of what <paramref name="progress"/> shows.</summary>
    public static async Task WriteAllAsync<T>(this AsyncPipeline pipeline, IAsyncEnumerable<T> items, ListProgress progress, Action<T>? onItem, CancellationToken cancellationToken)
    {
        await foreach (var item in items.WithCancellation(cancellationToken))
        {
            progress.OnItem();
            onItem?.Invoke(item);
            await pipeline.WriteObjectAsync(item);
        }
    }
}
