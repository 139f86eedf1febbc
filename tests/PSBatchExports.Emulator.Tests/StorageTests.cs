using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using PSBatchExports.Emulator.Data;
using Xunit;

namespace PSBatchExports.Emulator.Tests;

/// <summary>Signed URLs, ranges and entity tags of the storage.</summary>
[SuppressMessage("Security", "CA5351", Justification = "The storage's own choice.")]
public class StorageTests
{
    private const int PartBytes = 52_428_800;
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task Storage_and_API_have_different_origins()
    {
        await using var server = await TestServer.StartAsync();
        var url = new Uri(await server.SignedUrlAsync(await server.CompleteRunAsync()));
        Assert.Equal(server.Host.StorageOrigin.Authority, url.Authority);
        Assert.NotEqual(server.Host.ApiOrigin.Authority, url.Authority);
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 0)]
    [InlineData("bytes=5-9", 5, 9)]
    [InlineData("bytes=-7", -7, -1)]
    [InlineData("bytes=10-", 10, -1)]
    [InlineData("bytes=10-99999999", 10, -1)]
    public async Task Range_request_returns_part_of_the_object(string range, int first, int last)
    {
        await using var server = await TestServer.StartAsync();
        var url = await server.SignedUrlAsync(await server.CompleteRunAsync());
        using var whole = await server.FetchAsync(url);
        var bytes = await whole.Content.ReadAsByteArrayAsync();
        using var response = await server.FetchAsync(url, r => r.Headers.TryAddWithoutValidation("Range", range));

        var from = first < 0 ? bytes.Length + first : first;
        var to = last < 0 ? bytes.Length + last : last;
        Assert.Equal(206, (int)response.StatusCode);
        Assert.Equal(new ContentRangeHeaderValue(from, to, bytes.Length), response.Content.Headers.ContentRange);
        Assert.Equal(bytes[from..(to + 1)], await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("bytes=9-5")]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("lines=1-2")]
    public async Task Invalid_range_returns_the_whole_object(string range)
    {
        await using var server = await TestServer.StartAsync();
        var url = await server.SignedUrlAsync(await server.CompleteRunAsync());
        using var response = await server.FetchAsync(url, r => r.Headers.TryAddWithoutValidation("Range", range));
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(true, 206)]
    [InlineData(false, 200)]
    public async Task If_Range_returns_a_part_only_for_the_same_tag(bool sameTag, int status)
    {
        await using var server = await TestServer.StartAsync();
        var url = await server.SignedUrlAsync(await server.CompleteRunAsync());
        using var whole = await server.FetchAsync(url);
        using var response = await server.FetchAsync(url, r =>
        {
            r.Headers.Range = new RangeHeaderValue(1, null);
            r.Headers.IfRange = new RangeConditionHeaderValue(sameTag ? whole.Headers.ETag! : new EntityTagHeaderValue("\"other\""));
        });
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Fresh_URL_of_a_file_has_the_same_tag_and_bytes()
    {
        await using var server = await TestServer.StartAsync();
        var run = await server.CompleteRunAsync();
        var first = await server.SignedUrlAsync(run);
        server.Clock.Advance(TimeSpan.FromMinutes(10));
        var second = await server.SignedUrlAsync(run);
        using var one = await server.FetchAsync(first);
        using var other = await server.FetchAsync(second);

        Assert.NotEqual(first, second);
        Assert.Equal(one.Headers.ETag, other.Headers.ETag);
        Assert.Equal(await one.Content.ReadAsByteArrayAsync(), await other.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Entity_tag_of_a_small_object_has_one_part()
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.FetchAsync(await server.SignedUrlAsync(await server.CompleteRunAsync()));
        Assert.Equal($"\"{TagOf(await response.Content.ReadAsByteArrayAsync())}\"", response.Headers.ETag!.Tag);
        Assert.EndsWith("-1\"", response.Headers.ETag.Tag, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entity_tag_is_the_MD5_with_SinglePartTags()
    {
        await using var server = await TestServer.StartAsync(o => o with { SinglePartTags = true });
        using var response = await server.FetchAsync(await server.SignedUrlAsync(await server.CompleteRunAsync()));
        Assert.Equal($"\"{Hex(MD5.HashData(await response.Content.ReadAsByteArrayAsync()))}\"", response.Headers.ETag!.Tag);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(PartBytes)]
    [InlineData(PartBytes + 1)]
    public async Task Entity_tag_is_computed_over_parts_of_50_MiB(int length)
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, "object");
        var content = new byte[length];
        new Random(length).NextBytes(content);
        await File.WriteAllBytesAsync(path, content);
        Assert.Equal(TagOf(content), await EntityTag.ComputeAsync(path, inParts: true, CancellationToken.None));
    }

    [Fact]
    public async Task Object_has_a_generic_content_type_and_no_encoding()
    {
        await using var server = await TestServer.StartAsync();
        using var response = await server.FetchAsync(await server.SignedUrlAsync(await server.CompleteRunAsync()));
        Assert.Equal("binary/octet-stream", $"{response.Content.Headers.ContentType}");
        Assert.Empty(response.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task Signed_URL_is_valid_for_GET_only()
    {
        await using var server = await TestServer.StartAsync();
        var url = await server.SignedUrlAsync(await server.CompleteRunAsync());
        using var response = await server.SendAsync(HttpMethod.Head, url, key: null);
        Assert.Equal(403, (int)response.StatusCode);
    }

    [Fact]
    public async Task Re_encoded_URL_has_an_invalid_signature()
    {
        await using var server = await TestServer.StartAsync();
        var url = await server.SignedUrlAsync(await server.CompleteRunAsync());
        using var response = await server.FetchAsync(url.Replace("%3A", ":", StringComparison.Ordinal));
        Assert.Equal(403, (int)response.StatusCode);
    }

    [Fact]
    public async Task Storage_sends_at_BytesPerSecond()
    {
        const int speed = 20_000;
        var clock = new WatchedClock();
        var start = clock.GetTimestamp();
        await using var server = await TestServer.StartAsync(o => o with { BytesPerSecond = speed, WireClock = clock, EventsPerHour = 1 });
        using var response = await server.FetchHeadersAsync(await server.SignedUrlAsync(await server.CompleteRunAsync()));

        var length = response.Content.Headers.ContentLength;
        long sent;
        do
        {
            var wait = await clock.NextWaitAsync();
            sent = server.Host.StorageBytesSent;
            Assert.Equal(sent, (clock.GetElapsedTime(start) + wait).TotalSeconds * speed, OneMillisecond.TotalSeconds * speed);
            clock.Advance(wait);
        }
        while (sent < length);

        Assert.Equal(length, (await response.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task Open_connections_are_counted_per_origin()
    {
        await using var server = await TestServer.StartAsync();
        var url = await server.SignedUrlAsync(await server.CompleteRunAsync());
        (await server.FetchAsync(url)).Dispose();
        Assert.Equal(1, server.Host.OpenApiConnections);
        Assert.Equal(1, server.Host.OpenStorageConnections);
        Assert.Single(server.Host.StorageRequests.Snapshot());
    }

    private static string TagOf(byte[] content)
    {
        var parts = content.Chunk(PartBytes).DefaultIfEmpty([]).Select(MD5.HashData).ToArray();
        return $"{Hex(MD5.HashData([.. parts.SelectMany(digest => digest)]))}-{parts.Length}";
    }

    private static string Hex(byte[] digest) => Convert.ToHexString(digest).ToLowerInvariant();
}
