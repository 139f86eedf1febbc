using System.Management.Automation;
using PSBatchExports.Async;

namespace PSBatchExports.Cmdlets;

/// <summary>Puts out items that are fetched one by one, as -Skip and -First count them: over everything that is put out.</summary>
internal sealed class PagedItems(PagingParameters parameters)
{
    private ulong _skip = parameters.Skip;
    private ulong _left = parameters.First;
    private bool _isTotalTold;

    /// <summary>Whether nothing more is wanted.</summary>
    public bool IsEnough => _left == 0;

    /// <summary>Puts out the total where it was asked for, once.</summary>
    /// <param name="pipeline">Where to.</param>
    /// <param name="total">How many there are; null where more may be piped in or some may be left out.</param>
    public async Task TellTotalAsync(AsyncPipeline pipeline, long? total)
    {
        if (_isTotalTold)
            return;

        _isTotalTold = true;
        if (parameters.ToPaging(pipeline).OnTotal is { } tell)
            await tell(total);
    }

    public async Task WriteAsync(AsyncPipeline pipeline, object item)
    {
        if (_skip > 0)
        {
            _skip--;
            return;
        }

        _left--;
        await pipeline.WriteObjectAsync(item);
    }
}
