using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PSBatchExports.Core.Tests;

/// <summary>Answers the first request with an empty page and closes the connection on any other without an answer.</summary>
internal sealed class ClosingServer : IDisposable
{
    private const string EmptyPage = """{"results":[]}""";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private int _requests;

    public ClosingServer()
    {
        _listener.Start();
        Origin = new Uri($"http://{_listener.LocalEndpoint}");
        _ = AcceptAsync();
    }

    public Uri Origin { get; }

    public int Requests => Volatile.Read(ref _requests);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                await ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        using (connection)
        {
            var buffer = new byte[4096];
            while (await connection.ReceiveAsync(buffer) > 0)
            {
                if (Interlocked.Increment(ref _requests) > 1)
                    return;

                var headers = $"Content-Type: application/json\r\nContent-Length: {EmptyPage.Length}\r\n";
                await connection.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{headers}\r\n{EmptyPage}"));
            }
        }
    }
}
