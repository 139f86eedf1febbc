using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Bodies that end with their connection, so that a truncated one looks complete, with and without TLS.</summary>
public class BodyEndTests
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes($"{{{new string('a', 100_000)}");

#pragma warning disable CA5351 // What the storage uses.
    private static readonly string Md5 = Convert.ToHexString(MD5.HashData(Content)).ToLowerInvariant();
#pragma warning restore CA5351

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_without_an_end_is_not_saved_without_an_MD5(bool isSecure)
    {
        using var storage = Storage($"{Md5}-3", Content.Length, isSecure);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, retries: 1);

        var failure = Assert.IsType<UnexpectedResponseException>(outcome.Failure);
        Assert.Contains("neither how long the file is nor where it ends", failure.Message, StringComparison.Ordinal);
        Assert.Empty(folder.Entries);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_without_an_end_is_saved_if_its_MD5_matches(bool isSecure)
    {
        using var storage = Storage(Md5, Content.Length, isSecure);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, retries: 1);

        Assert.Equal(Content, await File.ReadAllBytesAsync(outcome.Saved!.FullName));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_truncated_body_without_an_end_is_not_saved(bool isSecure)
    {
        using var storage = Storage(Md5, Content.Length / 2, isSecure);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, retries: 1);

        var failure = Assert.IsType<FileSaveException>(outcome.Failure);
        Assert.Equal(FileSaveFailure.Damaged, failure.Reason);
        Assert.Contains("MD5", failure.Message, StringComparison.Ordinal);
        Assert.Empty(folder.Entries);
    }

    [Theory]
    [InlineData("Content-Length: 100001\r\n", false)]
    [InlineData("Content-Length: 100001\r\n", true)]
    [InlineData("Transfer-Encoding: chunked\r\n", false)]
    [InlineData("Transfer-Encoding: chunked\r\n", true)]
    public async Task A_truncated_body_with_an_announced_end_is_an_error(string framing, bool isSecure)
    {
        var head = RawServer.Head("200 OK", $"ETag: \"a\"\r\n{framing}");
        byte[] chunk = framing[0] == 'T' ? Encoding.ASCII.GetBytes($"{Content.Length:x}\r\n") : [];
        using var storage = new RawStorage(_ => [head, chunk, Content[..^1], RawServer.HangUp], isSecure ? TestCertificate.Instance : null);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, retries: 1);

        Assert.IsType<ConnectionFailedException>(outcome.Failure);
        Assert.Empty(folder.Entries);
        Assert.Equal(2, storage.Requests.Count);
    }

    [Fact]
    public async Task A_range_ends_where_its_header_says()
    {
        using var storage = new RawStorage(request =>
        {
            var (first, end) = (request.First!.Value, Math.Min(request.Last!.Value + 1, Content.Length));
            var range = $"Content-Range: bytes {first}-{end - 1}/{Content.Length}\r\n";
            return [RawServer.Head("206 Partial Content", $"ETag: \"a\"\r\n{range}"), Content[first..end], RawServer.HangUp];
        });
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, retries: 0, options => options with { Connections = 1 });

        Assert.Equal(Content, await File.ReadAllBytesAsync(outcome.Saved!.FullName));
    }

    private static RawStorage Storage(string tag, int sent, bool isSecure) =>
        new(
            _ => [RawServer.Head("200 OK", $"ETag: \"{tag}\"\r\n"), Content[..sent], RawServer.HangUp],
            isSecure ? TestCertificate.Instance : null);
}
