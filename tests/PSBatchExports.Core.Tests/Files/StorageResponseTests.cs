using System.Security.Cryptography;
using System.Text;
using PSBatchExports.Files.Storage;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Responses in place of a file: which are accepted, and which are refused.</summary>
public class StorageResponseTests
{
    private const string Tag = "ETag: \"0123456789abcdef0123456789abcdef-3\"\r\n";
    private const string Type = "Content-Type: binary/octet-stream\r\n";
    private const string Named = $"Content-Disposition: attachment; filename=\"{RawStorage.FileName}\"\r\n";
    private const string OfAll = "Content-Range: bytes 0-999/1000\r\n";
    private const string InParts = "Content-Type: multipart/byteranges; boundary=x\r\n";
    private const string InChunks = "Transfer-Encoding: chunked\r\n";
    private const string Part = "206 Partial Content";
    private const string Whole = "200 OK";

    private const string NoFile = "nothing in the response identifies it";
    private const string SomePart = "without saying which";
    private const string AnotherPart = "another range";
    private const string Endless = "where its body ends";
    private const string Page = RawStorage.SignInPage;
    private const string Note = "The service is being maintained.";
    private const string NotLikeRows = "does not begin as 'part-0.jsonl' must";

    private static readonly byte[] Content = [(byte)'{', .. Enumerable.Range(0, 999).Select(at => (byte)('a' + (at % 23)))];

    private static readonly byte[] Chunks = [.. "3e8\r\n"u8, .. Content, .. "\r\n0\r\n\r\n"u8];

    private static readonly Dictionary<string, (byte[] Answer, string Reason)> Refused = new()
    {
        ["part, no range"] = (Answer(Part, Tag + Named), SomePart),
        ["part, total garbled"] = (Answer(Part, Tag + Named + "Content-Range: bytes 0-999/abc\r\n"), SomePart),
        ["part, range garbled"] = (Answer(Part, Tag + Named + "Content-Range: bytes 0-/1000\r\n"), SomePart),
        ["part, range beyond all numbers"] = (Answer(Part, Tag + "Content-Range: bytes 0-99999999999999999999/1000\r\n"), SomePart),
        ["part, range to the last number"] = (Answer(Part, Tag + "Content-Range: bytes 0-9223372036854775807/*\r\n"), SomePart),
        ["part, range that refuses"] = (Answer(Part, Tag + Named + "Content-Range: bytes */1000\r\n"), SomePart),
        ["part, other unit"] = (Answer(Part, Tag + Named + "Content-Range: items 0-999/1000\r\n"), SomePart),
        ["part, two ranges"] = (Answer(Part, Tag + Named + OfAll + "Content-Range: bytes 0-1/1000\r\n"), SomePart),
        ["part, in parts of its own"] = (Answer(Part, Tag + InParts), SomePart),
        ["part, in parts of its own with a range"] = (Answer(Part, Tag + OfAll + InParts), NoFile),
        ["part, longer than its range"] = (
            Answer(Part, Tag + Named + "Content-Range: bytes 0-899/1000\r\n"), "does not match its position"),
        ["part, shorter than its range"] = (
            Answer(Part, Tag + Named + "Content-Range: bytes 0-1099/2000\r\n"), "does not match its position"),
        ["part, beyond the end"] = (Answer(Part, Tag + Named + "Content-Range: bytes 0-999/500\r\n"), SomePart),
        ["part, another one"] = (Answer(Part, Tag + Named + "Content-Range: bytes 1000-1999/2000\r\n"), AnotherPart),
        ["part, more than was asked for"] = (Answer(Part, Tag + "Content-Range: bytes 0-99999/100000\r\n", new byte[100_000]), AnotherPart),
        ["whole and part"] = (Answer(Whole, Tag + Named + OfAll), "both the whole file and a range"),
        ["201"] = (Answer("201 Created", Tag + Named), "status 201"),
        ["202"] = (Answer("202 Accepted", Tag + Named), "status 202"),
        ["203"] = (Answer("203 Non-Authoritative Information", Tag + Named), "status 203"),
        ["204"] = (RawServer.Head("204 No Content", Tag + Named), "status 204"),
        ["205"] = (Answer("205 Reset Content", Tag + Named, []), "status 205"),
        ["207"] = (Answer("207 Multi-Status", Tag + Named), "status 207"),
        ["226"] = (Answer("226 IM Used", Tag + Named), "status 226"),
        ["two lengths"] = (Answer(Whole, Tag + Named + "Content-Length: 999\r\n"), Endless),
        ["length garbled"] = ([.. RawServer.Head(Whole, Tag + Named + "Content-Length: 1e3\r\n"), .. Content], Endless),
        ["length and chunks"] = ([.. RawServer.Head(Whole, Tag + "Content-Length: 5\r\n" + InChunks), .. Chunks], Endless),
        ["chunks of gzip"] = ([.. RawServer.Head(Whole, Tag + "Transfer-Encoding: gzip, chunked\r\n"), .. Chunks], Endless),
        ["gzip that nobody asked for"] = (Answer(Whole, Tag + Named + "Content-Encoding: gzip\r\n"), "encoded as gzip"),
        ["brotli behind identity"] = (Answer(Part, Tag + Named + OfAll + "Content-Encoding: identity, br\r\n"), "encoded as br"),
        ["a page"] = (Answer(Whole, "Content-Type: text/html; charset=utf-8\r\n", Page), NoFile),
        ["a page with a tag"] = (Answer(Whole, Tag + "Content-Type: text/html\r\nAccept-Ranges: bytes\r\n", Page), NoFile),
        ["a page in part"] = (Answer(Part, Tag + "Content-Type: text/html\r\n" + OfAll, Page.PadRight(1000)), NoFile),
        ["a page without a type"] = (Answer(Whole, Tag, Page), "begins like a web page"),
        ["a page under the name of the file"] = (Answer(Whole, Tag + Type + Named, Page), "begins like a web page"),
        ["a page behind blanks"] = (Answer(Whole, Tag + Type, $"\uFEFF\r\n\t {Page}"), "begins like a web page"),
        ["an error as 200"] = (Answer(Whole, Tag + "Content-Type: application/xml\r\n", "<Error/>"), NoFile),
        ["an error in JSON"] = (Answer(Whole, Tag + "Content-Type: application/json\r\n", "{\"error\":\"sign in\"}"), NoFile),
        ["a note"] = (Answer(Whole, "Content-Type: text/plain\r\n"), NoFile),
        ["a note with a weak tag"] = (Answer(Whole, "ETag: W/\"1f-abc\"\r\n"), NoFile),
        ["an empty page"] = (Answer(Whole, "", []), NoFile),
        ["a note that calls itself bytes"] = (Answer(Whole, Type), NoFile),
        ["a note that a server has as a file"] = (
            Answer(Whole, Tag + "Content-Type: text/plain\r\nAccept-Ranges: bytes\r\n", Note), NotLikeRows),
        ["a part of such a note"] = (Answer(Part, Tag + OfAll, Note.PadRight(1000)), NotLikeRows),
    };

    private static readonly Dictionary<string, byte[]> Accepted = new()
    {
        ["S3"] = Answer(Part, Tag + Type + Named + OfAll + "x-amz-request-id: A\r\nAccept-Ranges: bytes\r\n"),
        ["S3 without parts"] = Answer(Whole, Tag + Type + Named),
        ["CloudFront, which names no file"] = Answer(Part, Tag + Type + OfAll + "X-Cache: Miss from cloudfront\r\nX-Amz-Cf-Id: a\r\n"),
        ["a compatible one that names no file, whole"] = Answer(Whole, Tag + Type),
        ["one without a type"] = Answer(Part, Tag + OfAll),
        ["one that guesses the type by the name"] = Answer(Part, Tag + OfAll + "Content-Type: text/plain\r\n"),
        ["one that calls rows JSON and names the file"] = Answer(Whole, Tag + Named + "Content-Type: application/json\r\n"),
        ["one that calls rows JSON, in part"] = Answer(Part, Tag + OfAll + "Content-Type: application/json\r\n"),
        ["one without tag or name, whole"] = Answer(Whole, Type + "Accept-Ranges: bytes\r\n"),
        ["Azure"] = Answer(Part, "ETag: \"0x8DC\"\r\nx-ms-request-id: a\r\n" + Type + OfAll),
        ["one that writes otherwise"] = Answer(Part, "Content-Disposition: Attachment\r\nContent-Range: Bytes 0-999/1000\r\n" + Tag),
        ["one that only calls it an attachment"] = Answer(Whole, "Content-Disposition: ATTACHMENT\r\n"),
        ["one whose tag a proxy hides"] = Answer(Whole, Type + "x-amz-request-id: A\r\n"),
        ["one that sends the coding of the upload along"] = Answer(Part, Tag + Type + OfAll + "Content-Encoding: aws-chunked\r\n"),
        ["one that says that nothing is encoded"] = Answer(Part, Tag + Type + OfAll + "Content-Encoding: identity\r\n"),
        ["one with an empty coding"] = Answer(Part, Tag + Type + OfAll + "Content-Encoding: \r\n"),
        ["one that answers in chunks"] = [.. RawServer.Head(Part, Tag + OfAll + InChunks), .. Chunks],
        ["one that answers whole in chunks"] = [.. RawServer.Head(Whole, Tag + InChunks), .. Chunks],
    };

    public static TheoryData<string> EveryRefused() => new(Refused.Keys);

    public static TheoryData<string> EveryAccepted() => new(Accepted.Keys);

    [Theory]
    [MemberData(nameof(EveryRefused))]
    public async Task A_response_that_is_not_clearly_the_file_is_an_error_after_all_retries(string name)
    {
        using var storage = new RawStorage(_ => [Refused[name].Answer, RawServer.HangUp]);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, retries: 1);

        var failure = Assert.IsType<UnexpectedResponseException>(outcome.Failure);
        Assert.Contains(Refused[name].Reason, failure.Message, StringComparison.Ordinal);
        Assert.Empty(folder.Entries);
        Assert.Equal(4, storage.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(EveryRefused))]
    public async Task A_response_that_is_not_clearly_the_file_is_an_error_with_Verify_too(string name)
    {
        using var storage = new RawStorage(_ => [Refused[name].Answer, RawServer.HangUp]);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, retries: 0, options => options with { Verify = true });

        Assert.IsType<UnexpectedResponseException>(outcome.Failure);
        Assert.Empty(folder.Entries);
    }

    [Theory]
    [MemberData(nameof(EveryRefused))]
    public async Task A_single_response_that_is_not_the_file_is_retried(string name)
    {
        var answers = 0;
        using var storage = new RawStorage(_ =>
            Interlocked.Increment(ref answers) == 1 ? [Refused[name].Answer, RawServer.HangUp] : [Accepted["S3"]]);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, retries: 1);

        Assert.Equal(Content, await File.ReadAllBytesAsync(outcome.Saved!.FullName));
    }

    [Theory]
    [MemberData(nameof(EveryAccepted))]
    public async Task A_file_is_saved_from_every_known_kind_of_storage(string name)
    {
        using var storage = new RawStorage(_ => [Accepted[name]]);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, retries: 0, options => options with { Verify = true });

        Assert.Null(outcome.Failure);
        Assert.Equal(Content, await File.ReadAllBytesAsync(outcome.Saved!.FullName));
        Assert.Single(storage.Requests);
        Assert.Equal("identity", storage.Requests[0].Header("Accept-Encoding"));
    }

    [Theory]
    [InlineData("http://{storage}/sign-in", "not signed")]
    [InlineData("http://{storage}/saml?SAMLRequest=a&SigAlg=b&Signature=c", "not signed")]
    [InlineData("http://{api}/login?next=/", "on the API's own origin")]
    [InlineData("http://{api}/login?X-Amz-Signature=1", "on the API's own origin")]
    [InlineData("http://169.254.169.254/latest/meta-data?X-Amz-Signature=1", "own network link")]
    [InlineData("http://[fe80::1]/file?X-Amz-Signature=1", "own network link")]
    public async Task A_URL_that_cannot_be_of_a_file_is_not_requested(string address, string reason)
    {
        using var storage = new RawStorage(_ => [Accepted["S3"]]);
        using var folder = new TestFolder();
        var location = address
            .Replace("{storage}", storage.StorageOrigin.Authority, StringComparison.Ordinal)
            .Replace("{api}", storage.ApiOrigin.Authority, StringComparison.Ordinal);
        storage.Redirect = () => RawStorage.RedirectTo(location);

        var outcome = await storage.SaveAsync(folder, configure: options => options with { Verify = true });

        Assert.Contains(reason, Assert.IsType<UnexpectedResponseException>(outcome.Failure).Message, StringComparison.Ordinal);
        Assert.Empty(folder.Entries);
        Assert.Empty(storage.Requests);
    }

    [Theory]
    [InlineData("part-0.parquet", "PAR1 and more")]
    [InlineData("part-0.parquet.zst", "PAR1 and more")]
    [InlineData("part-0.parquet", "PARE and more")]
    [InlineData("part-0.jsonl.gz", "\u001f\u008b and more")]
    public async Task A_file_with_a_signature_needs_no_headers(string name, string content)
    {
        var bytes = Encoding.Latin1.GetBytes(content);
        using var storage = new RawStorage(_ => [RawServer.Answer(bytes, "")]);
        using var folder = new TestFolder();
        storage.Redirect = () => RawStorage.RedirectTo(storage.SignedAddress.Replace(RawStorage.FileName, name, StringComparison.Ordinal));

        var outcome = await storage.SaveAsync(folder);

        Assert.Equal(name, outcome.Saved?.Name);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(folder.Path, name)));
    }

    [Theory]
    [InlineData("a.parquet", "PAR1", true)]
    [InlineData("a.parquet", "PA", null)]
    [InlineData("a.parquet", "PA ", false)]
    [InlineData("a.parquet", "{\"er", false)]
    [InlineData("a.jsonl.gz", "\u001f", null)]
    [InlineData("a.jsonl.gz", "plea", false)]
    [InlineData("a.jsonl", "{\"a\"", null)]
    [InlineData("a.jsonl", "plea", false)]
    [InlineData("a.jsonl.br", "plea", null)]
    [InlineData("a.csv", "plea", null)]
    [InlineData("a", "plea", null)]
    [InlineData("a.parquet", "", null)]
    public void The_first_bytes_are_compared_with_the_signature_of_the_format(string name, string start, bool? tells) =>
        Assert.Equal(tells, StorageEvidence.HasSignature(Encoding.Latin1.GetBytes(start), name));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_plain_storage_of_a_secure_service_is_used_only_by_request(bool allowHttp)
    {
        using var storage = new RawStorage(_ => [], TestCertificate.Instance);
        using var proxy = new TunnelProxy(storage.ApiOrigin, _ => Accepted["S3"]);
        using var folder = new TestFolder();
        storage.Redirect = () => RawStorage.RedirectTo($"http://storage.example/file/{RawStorage.FileName}?X-Amz-Signature=0123abcd");

        var outcome = await storage.SaveAsync(folder, connect: options => options with
        {
            ApiHost = new Uri("https://service.example"),
            Proxy = proxy.Address,
            AllowHttp = allowHttp,
        });

        if (allowHttp)
        {
            Assert.NotNull(outcome.Saved);
            return;
        }

        var failure = Assert.IsType<PlainHttpException>(outcome.Failure);
        Assert.StartsWith("http://storage.example, ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0123abcd", failure.ToString(), StringComparison.Ordinal);
        Assert.All(proxy.Requests, request => Assert.StartsWith("CONNECT service.example:443", request, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_plain_storage_on_this_machine_is_used_by_a_local_secure_service()
    {
        using var storage = new RawStorage(_ => [Accepted["S3"]], TestCertificate.Instance, isPlain: true);
        using var folder = new TestFolder();

        Assert.NotNull((await storage.SaveAsync(folder)).Saved);
    }

    [Fact]
    public async Task A_location_counts_only_in_a_redirect_and_only_once()
    {
        using var storage = new RawStorage(_ => [Accepted["S3"]]);
        using var folder = new TestFolder();

        storage.Redirect = () => RawStorage.RedirectTo(storage.SignedAddress, "200 OK");
        Assert.IsType<UnexpectedResponseException>((await storage.SaveAsync(folder)).Failure);

        storage.Redirect = () => RawStorage.RedirectTo($"{storage.SignedAddress}\r\nLocation: {storage.SignedAddress}");
        Assert.IsType<UnexpectedResponseException>((await storage.SaveAsync(folder)).Failure);

        Assert.Empty(storage.Requests);
    }

    [Fact]
    public async Task A_URL_with_a_date_at_the_end_of_time_is_used()
    {
        using var storage = new RawStorage(_ => [Accepted["S3"]]);
        using var folder = new TestFolder();
        storage.Redirect = () => RawStorage.RedirectTo($"{storage.SignedAddress}&X-Amz-Date=99991231T235959Z");

        Assert.NotNull((await storage.SaveAsync(folder)).Saved);
    }

    [Theory]
    [InlineData("Mon, 01 Jan 0001 00:00:00 GMT")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT")]
    public async Task A_file_is_saved_without_its_time_if_no_disk_supports_it(string time)
    {
        using var storage = new RawStorage(_ => [Answer(Part, Tag + OfAll + $"Last-Modified: {time}\r\n")]);
        using var folder = new TestFolder();

        var saved = (await storage.SaveAsync(folder)).Saved;

        Assert.InRange(File.GetLastWriteTimeUtc(saved!.FullName), DateTime.UtcNow.AddHours(-1), DateTime.UtcNow.AddHours(1));
    }

    [Fact]
    public async Task Slightly_shortened_ranges_are_combined()
    {
        var content = Rows(400_000);
        using var storage = new RawStorage(request => [Capped(request, content, max: 30_000, Tag)]);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, retries: 0, options => options with { Connections = 1 });

        Assert.Equal(content, await File.ReadAllBytesAsync(outcome.Saved!.FullName));
        Assert.All(storage.Requests, request => Assert.NotNull(request.First));
        Assert.Equal(storage.Requests.Count, storage.Requests.Select(request => request.First).Distinct().Count());
    }

    [Fact]
    public async Task Much_shortened_ranges_lead_to_one_stream()
    {
        var content = Rows(400_000);
        using var storage = new RawStorage(request =>
            [request.First is null ? RawServer.Answer(content, Tag) : Capped(request, content, max: 1000, Tag)]);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, retries: 0);

        Assert.Equal(content, await File.ReadAllBytesAsync(outcome.Saved!.FullName));
        Assert.Single(storage.Requests, request => request.First is null);
        Assert.InRange(storage.Requests.Count, 18, 40);
    }

    [Fact]
    public async Task A_file_that_becomes_shorter_in_the_same_version_is_an_error()
    {
        var content = Rows(400_000);
        using var storage = new RawStorage(request =>
            [request.First == 0 ? Capped(request, content, int.MaxValue, Tag) : RawServer.Answer(content[..100_000], Tag)]);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, retries: 1);

        var failure = Assert.IsType<UnexpectedResponseException>(outcome.Failure);
        Assert.Contains("a shorter length of the same version", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(RawStorage.FileName, folder.Entries);
    }

    [Fact]
    public async Task An_alternating_tag_leads_to_one_stream()
    {
        var content = Rows(400_000);
        var answers = 0;
        using var storage = new RawStorage(request =>
        {
            var tag = Interlocked.Increment(ref answers) % 2 == 0 ? "ETag: \"abc\"\r\n" : "ETag: \"abc-gzip\"\r\n";
            return [request.First is null ? RawServer.Answer(content, tag) : Capped(request, content, int.MaxValue, tag)];
        });
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, retries: 0);

        Assert.Equal(content, await File.ReadAllBytesAsync(outcome.Saved!.FullName));
        Assert.Null(storage.Requests[^1].First);
    }

    private static byte[] Answer(string status, string headers) => Answer(status, headers, Content);

    private static byte[] Answer(string status, string headers, string body) => Answer(status, headers, Encoding.UTF8.GetBytes(body));

    private static byte[] Answer(string status, string headers, byte[] body) => RawServer.Answer(body, headers, status);

    private static byte[] Rows(int length) => [(byte)'{', .. RandomNumberGenerator.GetBytes(length - 1)];

    private static byte[] Capped(StorageRequest request, byte[] content, int max, string tag)
    {
        var first = request.First!.Value;
        var end = Math.Min(first + Math.Min(max, request.Last!.Value + 1 - first), content.Length);
        return RawServer.Answer(content[first..end], $"{tag}Content-Range: bytes {first}-{end - 1}/{content.Length}\r\n", Part);
    }
}
