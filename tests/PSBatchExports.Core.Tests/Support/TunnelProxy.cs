using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PSBatchExports.Core.Tests;

/// <summary>
/// A proxy that connects every tunnel to one server, regardless of the requested host, and answers all other requests itself.
/// </summary>
internal sealed class TunnelProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _server;
    private readonly Func<string, byte[]> _answer;

    public TunnelProxy(Uri server, Func<string, byte[]> answer)
    {
        (_server, _answer) = (server, answer);
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>The first lines of the requests to the proxy itself.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        using var client = new NetworkStream(connection, ownsSocket: true);
        var buffer = new byte[16 * 1024];
        try
        {
            for (var read = await client.ReadAsync(buffer); read > 0; read = await client.ReadAsync(buffer))
            {
                var head = Encoding.Latin1.GetString(buffer, 0, read);
                Requests.Enqueue(head.Split("\r\n")[0]);
                if (head.StartsWith("CONNECT ", StringComparison.Ordinal))
                {
                    await RelayAsync(client);
                    return;
                }

                await client.WriteAsync(_answer(head));
            }
        }
        catch (Exception over) when (over is IOException or SocketException)
        {
        }
    }

    private async Task RelayAsync(NetworkStream client)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_server.Host, _server.Port);
        using var server = new NetworkStream(socket, ownsSocket: false);
        await client.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
        await Task.WhenAny(client.CopyToAsync(server), server.CopyToAsync(client));
    }
}
