using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PSBatchExports.Core.Tests;

/// <summary>Answers each request with the given bytes, which need not be HTTP.</summary>
internal sealed class RawServer : IDisposable
{
    /// <summary>A piece of an answer that ends the connection; with TLS, without notice.</summary>
    public static readonly byte[] HangUp = [0];

    /// <summary>A piece of an answer that resets the connection.</summary>
    public static readonly byte[] Reset = [0];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, IEnumerable<byte[]>> _answer;
    private readonly X509Certificate2? _certificate;
    private long _sent;

    /// <param name="answer">
    /// Yields the answer to a request, by its head, piece by piece. No more pieces are taken once the client has disconnected.
    /// </param>
    /// <param name="certificate">The certificate for TLS; null for plain text.</param>
    public RawServer(Func<string, IEnumerable<byte[]>> answer, X509Certificate2? certificate = null)
    {
        _answer = answer;
        _certificate = certificate;
        _listener.Start();
        Origin = new Uri($"{(certificate is null ? "http" : "https")}://{_listener.LocalEndpoint}");
        _ = AcceptAsync();
    }

    public Uri Origin { get; }

    /// <summary>The heads of the requests.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>The number of bytes sent.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    public static byte[] Json(string body, string headers = "") =>
        Answer(Encoding.UTF8.GetBytes(body), $"Content-Type: application/json\r\n{headers}");

    public static byte[] Answer(byte[] body, string headers, string status = "200 OK") =>
        [.. Head($"{status}", $"{headers}Content-Length: {body.Length}\r\n"), .. body];

    public static byte[] Head(string status, string headers) => Encoding.Latin1.GetBytes($"HTTP/1.1 {status}\r\n{headers}\r\n");

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
        using var socket = new NetworkStream(connection, ownsSocket: true);
        var buffer = new byte[16 * 1024];
        try
        {
            var stream = await SecureAsync(socket);
            for (var read = await stream.ReadAsync(buffer); read > 0; read = await stream.ReadAsync(buffer))
            {
                var head = Encoding.Latin1.GetString(buffer, 0, read);
                Requests.Enqueue(head);
                foreach (var piece in _answer(head))
                {
                    if (ReferenceEquals(piece, Reset))
                        connection.LingerState = new LingerOption(enable: true, seconds: 0);

                    if (ReferenceEquals(piece, HangUp) || ReferenceEquals(piece, Reset))
                        return;

                    await stream.WriteAsync(piece);
                    Interlocked.Add(ref _sent, piece.Length);
                }
            }
        }
        catch (IOException)
        {
        }
    }

    private async Task<Stream> SecureAsync(NetworkStream socket)
    {
        if (_certificate is null)
            return socket;

        var secure = new SslStream(socket);
        await secure.AuthenticateAsServerAsync(_certificate);
        return secure;
    }
}
