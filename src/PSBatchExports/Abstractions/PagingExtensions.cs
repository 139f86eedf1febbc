using System.Management.Automation;

namespace PSBatchExports.Abstractions;

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

    public static async Task WriteAllAsync<T>(this AsyncPipeline pipeline, IAsyncEnumerable<T> items, Action<T>? onItem, CancellationToken cancellationToken)
    {
        await foreach (var item in items.WithCancellation(cancellationToken))
        {
            onItem?.Invoke(item);
            await pipeline.WriteObjectAsync(item);
        }
    }
}
