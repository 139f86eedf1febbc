using System.IO.Compression;
using System.Text;

namespace PSBatchExports.Core.Tests;

/// <summary>
/// A service, its storage and its proxy in one, which put secrets into places of their answers that are drawn anew for each request.
/// </summary>
internal sealed class EchoingServer : IDisposable
{
    private static readonly string[] Headers =
    [
        "Accept-Ranges", "Content-Range", "Date", "Deprecation", "Retry-After", "Sunset", "ETag", "Server", "Set-Cookie",
        "X-Request-Id", "Content-Disposition", "Last-Modified", "Location", "WWW-Authenticate", "Link", "Warning", "Age", "Via",
    ];

    private readonly Draw _draw;
    private readonly List<string> _secrets = [];
    private readonly string _destinationSecret;
    private readonly RawServer _server;
    private readonly object _gate = new();

    private bool _wasSentDestination;

    /// <param name="draw">Chooses.</param>
    /// <param name="key">What it repeats at any time.</param>
    /// <param name="destinationSecret">What it repeats in its answer to the request that it came in.</param>
    public EchoingServer(Draw draw, string key, string destinationSecret)
    {
        (_draw, _destinationSecret) = (draw, destinationSecret);
        _secrets.Add(key);
        Signature = draw.Word(64, "0123456789abcdef");
        Token = draw.Word(60) + "/+=" + draw.Word(20);
        _server = new RawServer(head =>
        {
            lock (_gate)
            {
                _wasSentDestination = head.Contains("\"destination\"", StringComparison.Ordinal);
                return Answer(head);
            }
        });
    }

    public Uri Origin => _server.Origin;

    public string Signature { get; }

    public string Token { get; }

    private string SignedUrl =>
        $"{Origin}batch-exports/file.jsonl?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261008T120000Z&X-Amz-Expires=3600" +
        $"&X-Amz-Security-Token={Uri.EscapeDataString(Token)}&X-Amz-Signature={Signature}";

    /// <summary>Repeats this, too, from now on.</summary>
    public void Learn(params string[] secrets) => _secrets.AddRange(secrets);

    public void Dispose() => _server.Dispose();

    private string Secret()
    {
        var secret = _wasSentDestination && _draw.Chance(0.5) ? _destinationSecret : _draw.Of([.. _secrets]);
        return _draw.Disguised(secret, isSigned: secret == Signature || secret == Token || secret == SignedUrl);
    }

    // What ends with an exception closes the connection.
    private IEnumerable<byte[]> Answer(string head)
    {
        var isProxied = head.Contains("service.example", StringComparison.Ordinal);
        var isConnect = head.StartsWith("CONNECT ", StringComparison.Ordinal);
        if (isProxied && (isConnect || !head.Contains("Proxy-Authorization", StringComparison.Ordinal)))
            return ThenClose(Refusal(head));

        if (head.Contains("/download/", StringComparison.Ordinal) && _draw.Chance(0.7))
        {
            Learn(Signature, Token, SignedUrl);
            return [RawServer.Answer([], $"Location: {SignedUrl}\r\n{HeaderLines(except: "Location")}", "302 Found")];
        }

        return head.Contains("/batch-exports/", StringComparison.Ordinal) ? FromStorage() : FromApi(head);
    }

    private byte[] Refusal(string head) => RawServer.Answer(
        Latin1(Secret()),
        $"Proxy-Authenticate: Basic realm=\"{OneLine(Secret())}\"\r\n{HeaderLines()}",
        head.StartsWith("CONNECT ", StringComparison.Ordinal) && _draw.Chance(0.5)
            ? $"502 {OneLine(Secret())}"
            : $"407 {OneLine(Secret())}");

    private IEnumerable<byte[]> FromStorage() => _draw.Below(4) switch
    {
        0 => Broken(),
        1 =>
        [
            RawServer.Answer(
                Latin1("five!"),
                $"ETag: \"{OneLine(Secret())}\"\r\n" +
                $"Content-Disposition: attachment; filename=\"{OneLine(Secret())}\"\r\n{HeaderLines()}"),
        ],
        _ => [RawServer.Answer(Latin1(Xml()), $"Content-Type: application/xml\r\n{HeaderLines()}", Status())],
    };

    private string Xml()
    {
        var message = _draw.Chance(0.5) ? System.Net.WebUtility.HtmlEncode(Secret()) : "no";
        var (code, signed) = (System.Net.WebUtility.HtmlEncode(Secret()), System.Net.WebUtility.HtmlEncode(Secret()));
        return $"<Error><Code>{code}</Code><Message>The request {message} was refused</Message>" +
            $"<StringToSign>{signed}</StringToSign></Error>";
    }

    private IEnumerable<byte[]> FromApi(string head) => _draw.Below(7) switch
    {
        0 => Broken(),
        1 =>
        [
            RawServer.Answer(
                Latin1(Secret()),
                $"Content-Type: text/{OneLine(Secret())}; charset={OneLine(Secret())}\r\n{HeaderLines()}",
                Status()),
        ],
        2 =>
        [
            RawServer.Answer(
                [],
                $"Location: https://{OneLine(Secret()).Replace('/', '-')}.example/{OneLine(Secret())}\r\n{HeaderLines()}",
                _draw.Of("301 Moved", "302 Found", "307 Temporary Redirect")),
        ],
        3 or 4 => [Json(Error(), _draw.Of(Status(), "200 OK"))],
        _ => [Json(Success(head), "200 OK")],
    };

    // Truncated, garbled, no HTTP, chunks that are none, a compression that is none.
    private IEnumerable<byte[]> Broken() => _draw.Below(7) switch
    {
        0 => ThenClose(Latin1($"HTTP/1.1 {Secret()}\r\n\r\n")),
        1 => ThenClose(Latin1($"{Secret()} 200 OK\r\n\r\n")),
        2 => ThenClose(Latin1($"HTTP/1.1 200 OK\r\n{OneLine(Secret())}\r\n\r\n")),
        3 => ThenClose(Latin1($"HTTP/1.1 200 OK\r\n{OneLine(Secret())}: x\r\nContent-Length: {OneLine(Secret())}\r\n\r\n")),
        4 => ThenClose(
        [
            .. RawServer.Head("200 OK", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"),
            .. Latin1($"{OneLine(Secret())}\r\n"),
        ]),
        5 => ThenClose(
        [
            .. RawServer.Head("200 OK", $"Content-Type: application/json\r\nContent-Length: 5000\r\n{HeaderLines()}"),
            .. Latin1($"{{\"detail\": \"{Secret()}"),
        ]),
        _ =>
        [
            RawServer.Answer(
                _draw.Chance(0.5) ? Latin1(Secret()) : Gzip(Secret()),
                $"Content-Type: application/json\r\nContent-Encoding: gzip\r\n{HeaderLines()}"),
        ],
    };

    private static IEnumerable<byte[]> ThenClose(byte[] answer)
    {
        yield return answer;
        throw new IOException("The connection ends here.");
    }

    private byte[] Json(string body, string status) =>
        RawServer.Answer(Encoding.UTF8.GetBytes(body), $"Content-Type: application/json\r\n{HeaderLines()}", status);

    private string Error() =>
        $$"""
        {
            "type": {{Text("validation_error")}},
            "code": {{Text("invalid")}},
            "detail": {{Text("no")}},
            "attr": {{Text("name")}},
            {{Text("more")}}: {{Text("x")}}
        }
        """;

    private string Success(string head)
    {
        var item = $$"""
            {
                "id": {{Text("0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30")}}, "status": {{Text("Failed")}},
                "error": {{Text("why")}}, "name": {{Text("n")}},
                "files": {{_draw.Of("null", $"[{Text("a")}]", Text("f"))}}, {{Text("more")}}: {{_draw.Of(Text("x"), "[[", "{}")}},
                "paused": {{_draw.Of("true", Text("p"))}}, "timestamp": {{_draw.Of("\"2026-10-08T12:00:00Z\"", Text("t"))}}
            }
            """;
        var isList = head.StartsWith("GET ", StringComparison.Ordinal) && _draw.Chance(0.6);
        return isList ? $$"""{"count": {{_draw.Of("1", Text("c"))}}, "next": {{Link()}}, "results": [{{item}}]}""" : item;
    }

    private string Link() => _draw.Below(4) switch
    {
        0 => "null",
        1 => Quoted($"{Origin}api/{OneLine(Secret())}/?cursor={OneLine(Secret())}"),
        2 => Quoted($"https://{OneLine(Secret())}.example/api/projects/"),
        _ => Quoted(Secret()),
    };

    private string Text(string otherwise) => Quoted(_draw.Chance(0.4) ? $"{_draw.Word(3)} {Secret()} {_draw.Word(3)}" : otherwise);

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private string Status() => $"{_draw.Of(400, 401, 403, 404, 405, 409, 418, 429, 500, 502, 503, 599)} {OneLine(Secret())}";

    private string HeaderLines(string? except = null) => string.Concat(Enumerable.Range(0, _draw.Below(5)).Select(_ => _draw.Chance(0.2)
        ? $"X-{new string([.. OneLine(Secret()).Where(char.IsAsciiLetterOrDigit)])}: {_draw.Word(4)}\r\n"
        : $"{_draw.Of([.. Headers.Except([except])])}: {OneLine(Secret())}\r\n"));

    private static string OneLine(string text) =>
        text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] Gzip(string text)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));

        return compressed.ToArray();
    }
}
