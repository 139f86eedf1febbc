using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>Applies -Skip and -First to items that are fetched one by one.</summary>
internal sealed class PagedItems(PagingParameters parameters)
{
    private readonly SliceCounter _slice = new(parameters.Skip, parameters.First);
    private bool _isTotalWritten;

    /// <summary>Whether -First items have been written.</summary>
    public bool IsDone => _slice.IsComplete;

    /// <summary>Writes the total once, if -IncludeTotalCount is given.</summary>
    /// <param name="pipeline">The pipeline to write to.</param>
    /// <param name="total">The total; null if unknown.</param>
    public async Task WriteTotalCountAsync(AsyncPipeline pipeline, long? total)
    {
        if (_isTotalWritten)
            return;

        _isTotalWritten = true;
        if (parameters.ToPaging(pipeline).OnTotal is { } write)
            await write(total);
    }

    public async Task WriteAsync(AsyncPipeline pipeline, object item)
    {
        if (_slice.Takes())
            await pipeline.WriteObjectAsync(item);
    }
}
