using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace PSBatchExports.Emulator.Hosting;

/// <summary>Faults of the connection of a request.</summary>
internal static class Connection
{
    private static readonly TimeSpan DrainDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>Resets the TCP connection.</summary>
    public static void Reset(HttpContext context)
    {
        if (SocketOf(context) is { } socket)
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        context.Abort();
    }

    /// <summary>Closes the connection after what was written has arrived.</summary>
    public static async Task CloseAsync(HttpContext context, CancellationToken stopping)
    {
        await Task.Delay(DrainDelay, stopping);
        SocketOf(context)?.Shutdown(SocketShutdown.Send);
        await Task.Delay(DrainDelay, stopping);
        context.Abort();
    }

    /// <summary>Sends nothing more until the client disconnects or the host stops.</summary>
    public static async Task HoldAsync(HttpContext context, CancellationToken stopping)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, linked.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private static Socket? SocketOf(HttpContext context) => context.Features.Get<IConnectionSocketFeature>()?.Socket;
}
