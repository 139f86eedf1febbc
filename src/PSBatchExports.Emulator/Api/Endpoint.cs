using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>Handles an authorized request.</summary>
internal delegate Task<EmulatorResponse> Endpoint(ApiContext context, CancellationToken cancellationToken);

internal static class Endpoints
{
    /// <summary>Makes an endpoint of a synchronous handler that runs under the lock of the state.</summary>
    public static Endpoint Locked(EmulatorState state, Func<ApiContext, EmulatorResponse> handler) => (context, _) =>
    {
        lock (state.Gate)
            return Task.FromResult(handler(context));
    };
}
