using PSBatchExports.Async;
using PSBatchExports.Errors;

namespace PSBatchExports.Cmdlets;

/// <summary>
/// A cmdlet that lists what exports have, such as their runs. The lists are read concurrently and written in the order of the exports.
/// </summary>
/// <typeparam name="T">What is listed.</typeparam>
public abstract class ExportListsCmdlet<T> : ProjectCmdlet
{
    private const int MaxConcurrent = 8;

    // Output begins before a long input has ended.
    private const int MaxCollected = 64;

    private readonly List<ExportList<T>> _collected = [];

    /// <summary>What progress shows, such as "Getting runs".</summary>
    private protected abstract string Activity { get; }

    /// <summary>Writes the lists of exports, those of piped exports at the latest at the end of the input.</summary>
    /// <param name="pipeline">The pipeline to write to.</param>
    /// <param name="exports">The ids or names of the exports.</param>
    /// <param name="read">Reads a list.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    private protected Task ListAsync(
        AsyncPipeline pipeline,
        IEnumerable<string> exports,
        Func<ScopedClient, string, Paging, CancellationToken, IAsyncEnumerable<T>> read,
        CancellationToken cancellationToken)
    {
        var place = new ScopeJob(Service, Client, Scope);
        _collected.AddRange(exports.Select(export => new ExportList<T>(
            place, Names, export, (id, paging, stop) => read(place.Api, id, paging, stop))));
        return MyInvocation.ExpectingInput && _collected.Count < MaxCollected
            ? Task.CompletedTask
            : WriteListsAsync(pipeline, cancellationToken);
    }

    /// <inheritdoc />
    private protected override Task EndConnectedAsync(AsyncPipeline pipeline, CancellationToken cancellationToken) =>
        WriteListsAsync(pipeline, cancellationToken);

    /// <summary>Called before a list is written.</summary>
    private protected virtual void OnWriting(AsyncPipeline pipeline, ExportList<T> list)
    {
    }

    /// <summary>Called for an empty list of an export that exists.</summary>
    private protected virtual void OnEmpty(AsyncPipeline pipeline, ExportList<T> list)
    {
    }

    private async Task WriteListsAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        if (_collected.Count == 0)
            return;

        var collected = _collected.ToArray();
        _collected.Clear();
        var lists = new ConcurrentLists<ExportList<T>, T>(pipeline, PagingParameters, Activity, MaxConcurrent);
        await lists.WriteAsync(
            collected,
            (list, paging, stop) => list.ReadAsync(paging, stop),
            (list, write) => ForItemAsync(pipeline, list.Export, () => WriteAsync(list, write), ErrorContext.Export),
            cancellationToken);

        async Task WriteAsync(ExportList<T> list, Func<Task> write)
        {
            OnWriting(pipeline, list);
            await write();
            if (list.IsEmpty && PagingParameters is { First: > 0, Skip: 0 } && await ExistsAsync(pipeline, list, cancellationToken))
                OnEmpty(pipeline, list);
        }
    }

    // The service returns an empty list for an export that does not exist.
    private async Task<bool> ExistsAsync(AsyncPipeline pipeline, ExportList<T> list, CancellationToken cancellationToken)
    {
        var known = list.Place.Service.Known;
        if (known.HasExport(list.Id))
            return true;

        try
        {
            known.Remember(await list.Place.Api.Exports.GetAsync(list.Id, cancellationToken));
            return true;
        }
        catch (NotFoundException missing)
        {
            Report(pipeline, missing, list.Id, ErrorContext.Export);
            return false;
        }
    }
}
