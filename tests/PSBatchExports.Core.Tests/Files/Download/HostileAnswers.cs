using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace PSBatchExports.Core.Tests;

/// <summary>
/// Random responses of a storage with one file, by a seed. Many are wrong in one or several ways. They are consistently wrong, which
/// nothing could detect, only if the tag proves the bytes and the file is verified.
/// </summary>
internal sealed class HostileAnswers
{
    private const string NoSuchRange = "416 Requested Range Not Satisfiable";

    private static readonly string[] Successes =
    [
        "200 OK", "206 Partial Content", "201 Created", "202 Accepted", "203 Non-Authoritative Information", "204 No Content",
        "205 Reset Content", "207 Multi-Status", "226 IM Used", "304 Not Modified",
    ];

    private static readonly string[] Refusals =
        ["500 Internal Server Error", "503 Slow Down", "403 Forbidden", "404 Not Found", NoSuchRange];

    private static readonly string?[] Types =
        ["text/html", "application/json", "text/plain", "multipart/byteranges; boundary=x", null, "application/xml"];

    private static readonly string[] Encodings = ["gzip", "br", "identity", "aws-chunked", "", "gzip, gzip"];

    private readonly Random _random;
    private readonly bool _isProven;
    private readonly bool _tagsAreMd5;
    private readonly double _hostility;
    private readonly bool _isSteady;
    private readonly int _changesAfter;
    private readonly int _steadySeed;
    private readonly object _gate = new();
    private int _answers;

    public HostileAnswers(int seed, bool isVerified)
    {
        _random = new Random(seed);
        _tagsAreMd5 = _random.Next(2) == 0;
        _isProven = isVerified && _tagsAreMd5;
        _hostility = new[] { 0.03, 0.1, 0.25, 0.5 }[_random.Next(4)];
        _isSteady = _random.Next(3) == 0;
        _steadySeed = _random.Next();
        _changesAfter = _random.Next(5) == 0 ? _random.Next(1, 8) : int.MaxValue;
        var length = _random.Next(12) switch
        {
            0 => 0,
            1 or 2 => _random.Next(1, 2000),
            _ => _random.Next(50_000, 400_000),
        };
        Versions = [Rows(length, '0'), Rows(_random.Next(3) == 0 ? length : length + 1000, 'a')];
    }

    /// <summary>Whether all responses are right from now on.</summary>
    public bool IsHonest { get; set; }

    /// <summary>The contents of the file before and after it changes.</summary>
    public byte[][] Versions { get; }

    /// <summary>The redirect of the service.</summary>
    public byte[] Redirect(RawStorage storage)
    {
        lock (_gate)
        {
            var right = RawStorage.RedirectTo(storage.SignedAddress);
            if (IsHonest || _random.NextDouble() > _hostility / 2)
                return right;

            var signature = storage.SignedAddress.Split('?')[1];
            return _random.Next(11) switch
            {
                0 => RawStorage.RedirectTo($"{storage.StorageOrigin}sign-in"),
                1 => RawStorage.RedirectTo($"{storage.StorageOrigin}saml?SAMLRequest=x&SigAlg=y&Signature=z"),
                2 => RawStorage.RedirectTo($"{storage.ApiOrigin}login?next=/"),
                3 => RawStorage.RedirectTo($"{storage.ApiOrigin}login?{signature}"),
                4 => RawStorage.RedirectTo("/login"),
                5 => RawStorage.RedirectTo("file:///etc/passwd"),
                6 => RawStorage.RedirectTo($"http://169.254.169.254/latest/meta-data?{signature}"),
                7 => RawStorage.RedirectTo($"{storage.StorageOrigin}sign-in", "200 OK"),
                8 => RawStorage.RedirectTo($"{storage.StorageOrigin}sign-in\r\nLocation: {storage.SignedAddress}"),
                9 => RawStorage.RedirectTo(storage.SignedAddress, "301 Moved Permanently"),
                _ => RawServer.Answer(Encoding.ASCII.GetBytes(RawStorage.SignInPage), "Content-Type: text/html\r\n"),
            };
        }
    }

    public IEnumerable<byte[]> Answer(StorageRequest request)
    {
        lock (_gate)
        {
            var version = _answers++ >= _changesAfter ? 1 : 0;
            var answer = new Draft(request, Versions[version], TagOf(version));
            if (!IsHonest)
                Distort(answer, _isSteady ? new Random(_steadySeed) : _random);

            return answer.Pieces();
        }
    }

    private string TagOf(int version)
    {
#pragma warning disable CA5351 // What the storage uses.
        var md5 = Convert.ToHexString(MD5.HashData(Versions[version])).ToLowerInvariant();
#pragma warning restore CA5351
        return _tagsAreMd5 ? $"\"{md5}\"" : $"\"{md5}-3\"";
    }

    private static byte[] Rows(int length, char first) =>
        Enumerable.Range(0, length).Select(at => at == 0 ? (byte)'{' : (byte)(first + (at * 7919L / 13 % 10))).ToArray();

    private void Distort(Draft answer, Random random)
    {
        if (Strikes())
            answer.IgnoreRange();
        if (Strikes())
            answer.Cap(random.Next(1, 70_000));
        if (_isProven && Strikes())
            answer.Flip(random);
        if (Strikes())
            answer.Disposition = null;
        if (!_isProven && Strikes())
            DistortTag(answer, random);
        if (Strikes())
            DistortRange(answer, random);
        if (Strikes())
            DistortStatus(answer, random);
        if (Strikes())
            answer.Type = Types[random.Next(Types.Length)];
        if (Strikes())
            DistortEncoding(answer, random);
        if (Strikes())
            Replace(answer, random);
        if (Strikes())
            DistortFraming(answer, random);
        if (Strikes())
            answer.Break(random);

        bool Strikes() => random.NextDouble() < _hostility;
    }

    // A range that claims to be the whole file, without a Content-Range, could not be detected.
    private void DistortStatus(Draft answer, Random random)
    {
        var status = Successes[random.Next(Successes.Length)];
        if (status != Successes[0] || answer.IsWhole || _isProven)
            answer.Status = status;
    }

    // A tag that stays the same while the bytes change could not be detected.
    private void DistortTag(Draft answer, Random random)
    {
        var inner = answer.Tag!.Trim('"');
        answer.Tag = random.Next(6) switch
        {
            0 => null,
            1 => $"W/\"{inner}\"",
            2 => $"\"{inner}-gzip\"",
            3 => inner,
            4 when _changesAfter == int.MaxValue => "\"\"",
            _ => $"\"{random.Next():x8}\"",
        };
    }

    private void DistortRange(Draft answer, Random random)
    {
        if (!answer.IsPart)
        {
            answer.ContentRange = $"bytes 0-{Math.Max(0, answer.Body.Length - 1)}/{answer.Total}";
            return;
        }

        var (first, last, total) = (answer.First, answer.First + answer.Body.Length - 1, answer.Total);
        answer.ContentRange = random.Next(13) switch
        {
            0 => null,
            1 => $"bytes {first}-{last}/abc",
            2 => $"bytes {first}-{last}/*",
            3 => $"bytes {first + 1}-{last + 1}/{total + 1}",
            4 => $"bytes {first}-{last + 1}/{total + 1}",
            5 => $"items {first}-{last}/{total}",
            6 => $"bytes {last}-{first - 1}/{total}",
            7 => $"bytes */{total}",
            8 => $"bytes {first}-99999999999999999999/{total}",
            9 => $"bytes {first}-{last}/{total}\r\nContent-Range: bytes 0-0/1",
            10 => $"bytes {first}-{last}/{total + random.Next(1, 5000)}",
            11 when answer.KnowsTotal || _isProven => $"bytes {first}-{last}/{last + 1}",
            _ => $"{first}-{last}",
        };
    }

    private static void DistortEncoding(Draft answer, Random random)
    {
        answer.Encoding = Encodings[random.Next(Encodings.Length)];
        if (answer.Encoding == "gzip" && random.Next(2) == 0)
        {
            using var packed = new MemoryStream();
            using (var writer = new GZipStream(packed, CompressionLevel.Fastest))
                writer.Write(answer.Body);

            answer.Body = packed.ToArray();
        }
    }

    private static void Replace(Draft answer, Random random)
    {
        switch (random.Next(5))
        {
            case 0:
                answer.BecomePage(RawStorage.SignInPage, "text/html", keepsTag: random.Next(2) == 0);
                break;
            case 1:
                var type = random.Next(2) == 0 ? null : "application/octet-stream";
                answer.BecomePage($"\uFEFF  {RawStorage.SignInPage}", type, keepsTag: random.Next(2) == 0);
                break;
            case 2:
                answer.BecomePage("{\"error\": \"authentication required\"}", "application/json", keepsTag: random.Next(2) == 0);
                break;
            case 3:
                answer.BecomePage("The page was blocked.", "text/plain", keepsTag: false);
                break;
            default:
                answer.BecomePage("<Error><Code>SlowDown</Code></Error>", "application/xml", keepsTag: false);
                answer.Status = Refusals[random.Next(Refusals.Length)];
                break;
        }
    }

    private void DistortFraming(Draft answer, Random random)
    {
        var length = answer.Body.Length;
        answer.Framing = random.Next(9) switch
        {
            0 => "",
            1 or 2 => "Transfer-Encoding: chunked\r\n",
            3 => $"Content-Length: {length + random.Next(1, 5000)}\r\n",
            4 => $"Content-Length: {length}\r\nContent-Length: {length + 1}\r\n",
            5 => "Content-Length: abc\r\n",
            6 => $"Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n",
            7 => "Transfer-Encoding: gzip, chunked\r\n",
            _ when length > 0 && (answer.IsPart || _isProven) => $"Content-Length: {random.Next(length)}\r\n",
            _ => "Transfer-Encoding: chunked\r\n",
        };
    }

    /// <summary>A response before it is sent. It starts out right.</summary>
    private sealed class Draft
    {
        private readonly StorageRequest _request;
        private readonly byte[] _content;
        private byte[] _last = RawServer.HangUp;
        private int? _cutAt;

        public Draft(StorageRequest request, byte[] content, string tag)
        {
            (_request, _content, Tag) = (request, content, tag);
            if (request.First is not { } first || (KnowsTotal && request.Header("If-Range") != tag))
                IgnoreRange();
            else if (first >= content.Length)
                BecomeRefusal();
            else
                BecomePart(first, Math.Min(request.Last!.Value + 1, content.Length));
        }

        public string Status { get; set; } = "200 OK";

        public byte[] Body { get; set; } = [];

        public int First { get; private set; }

        public int Total => _content.Length;

        public string? Tag { get; set; }

        public string? Type { get; set; } = "binary/octet-stream";

        public string? Disposition { get; set; } = $"attachment; filename=\"{RawStorage.FileName}\"";

        public string? ContentRange { get; set; }

        public string? Encoding { get; set; }

        public string? Framing { get; set; }

        public bool IsPart => ContentRange is not null;

        public bool IsWhole => Body.Length == Total;

        /// <summary>Whether an earlier response told the client the length of the file.</summary>
        public bool KnowsTotal => _request.Header("If-Range") is not null;

        public void IgnoreRange() => (Status, Body, First, ContentRange) = ("200 OK", _content, 0, null);

        public void Cap(int max)
        {
            if (IsPart)
                BecomePart(First, First + Math.Min(Body.Length, max));
        }

        public void Flip(Random random)
        {
            if (Body.Length == 0)
                return;

            Body = (byte[])Body.Clone();
            Body[random.Next(Body.Length)] ^= 1;
        }

        public void BecomePage(string text, string? type, bool keepsTag)
        {
            (Status, Body, Type) = ("200 OK", System.Text.Encoding.UTF8.GetBytes(text), type);
            (ContentRange, Disposition, Encoding) = (null, null, null);
            if (!keepsTag)
                Tag = null;
        }

        /// <summary>Truncates the response.</summary>
        public void Break(Random random)
        {
            _cutAt = random.Next(Body.Length + 1);
            _last = random.Next(2) == 0 ? RawServer.HangUp : RawServer.Reset;
        }

        public IEnumerable<byte[]> Pieces()
        {
            var headers = new StringBuilder();
            Add("ETag", Tag);
            Add("Content-Type", Type);
            Add("Content-Disposition", Disposition);
            Add("Content-Range", ContentRange);
            Add("Content-Encoding", Encoding);
            headers.Append(Framing ?? string.Create(CultureInfo.InvariantCulture, $"Content-Length: {Body.Length}\r\n"));
            var sent = _cutAt is { } cut ? Body[..cut] : Body;
            yield return RawServer.Head(Status, headers.ToString());
            if (Framing?.Contains("chunked", StringComparison.Ordinal) != true)
            {
                yield return sent;
            }
            else if (Body.Length > 0)
            {
                yield return System.Text.Encoding.ASCII.GetBytes($"{Body.Length:x}\r\n");
                yield return sent;
                if (_cutAt is null)
                    yield return "\r\n0\r\n\r\n"u8.ToArray();
            }
            else if (_cutAt is null)
            {
                yield return "0\r\n\r\n"u8.ToArray();
            }

            if (Framing is not null || _cutAt is not null || Status[0] != '2')
                yield return _last;

            void Add(string name, string? value)
            {
                if (value is not null)
                    headers.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
            }
        }

        private void BecomePart(int first, int end) =>
            (Status, First, Body, ContentRange) = ("206 Partial Content", first, _content[first..end], $"bytes {first}-{end - 1}/{Total}");

        private void BecomeRefusal()
        {
            BecomePage("<Error><Code>InvalidRange</Code></Error>", "application/xml", keepsTag: false);
            Status = NoSuchRange;
        }
    }
}
