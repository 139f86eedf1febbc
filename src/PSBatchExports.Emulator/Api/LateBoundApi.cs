using PSBatchExports.Emulator.Data;
using PSBatchExports.Emulator.Hosting;
using PSBatchExports.Emulator.Storage;

namespace PSBatchExports.Emulator.Api;

/// <summary>The API, which needs to know its own origin: that is known only once its port is open.</summary>
internal sealed class LateBoundApi
{
    private readonly TaskCompletionSource<ApiService> _service = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Throttle? _throttle;

    public void Bind(EmulatorState state, EmulatorOptions options, Uri apiOrigin, Uri storageOrigin, RunFiles runFiles, SignedUrls urls)
    {
        var links = new PageLinks(apiOrigin, rewritesEnvironments: !options.OlderServer);
        var backfills = new BackfillFactory(state, options);
        Route[] routes =
        [
            .. new ExportEndpoints(state, options, links, backfills).Routes,
            .. new OnDemandEndpoints(state, options, links, runFiles, urls, storageOrigin).Routes,
            .. new LogEndpoints(state, options).Routes,
            .. new RunEndpoints(state, links, backfills, options).Routes,
            .. new BackfillEndpoints(state, options, links, backfills).Routes,
            .. new DestinationTestEndpoints(state, options).Routes,
        ];
        _throttle = new Throttle(options);
        _service.SetResult(new ApiService(state, options, apiOrigin, links, _throttle, routes));
    }

    public async Task<Answer> AnswerAsync(EmulatorRequest request, CancellationToken cancellationToken) =>
        await (await _service.Task.WaitAsync(cancellationToken)).AnswerAsync(request, cancellationToken);

    /// <summary>Every key may start anew with its requests.</summary>
    public void ForgetRequests() => _throttle?.Clear();
}
