using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace PSBatchExports.Emulator.Hosting;

/// <summary>What can be done to the connection under a request.</summary>
internal static class Connection
{
    private static readonly TimeSpan DrainDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>The client sees a TCP reset.</summary>
    public static void Reset(HttpContext context)
    {
        if (SocketOf(context) is { } socket)
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        context.Abort();
    }

    /// <summary>What was written still arrives, then the client sees the end of the stream.</summary>
    public static async Task CloseAsync(HttpContext context, CancellationToken stopping)
    {
        await Task.Delay(DrainDelay, stopping);
        SocketOf(context)?.Shutdown(SocketShutdown.Send);
        await Task.Delay(DrainDelay, stopping);
        context.Abort();
    }

    /// <summary>Nothing more is sent until the client goes away or the host stops.</summary>
    public static async Task HoldAsync(HttpContext context, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, either.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private static Socket? SocketOf(HttpContext context) => context.Features.Get<IConnectionSocketFeature>()?.Socket;
}
