using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>Turns a function over the state into a handler that has the state to itself.</summary>
internal static class Endpoint
{
    public static Func<ApiContext, CancellationToken, Task<Answer>> Locked(EmulatorState state, Func<ApiContext, Answer> function) =>
        (context, _) =>
        {
            lock (state.Gate)
                return Task.FromResult(function(context));
        };
}
