using System.Security.Cryptography;
using PSBatchExports.Files.Download;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Files that are checked during the download, from a storage whose objects were uploaded in parts.</summary>
public sealed class ArrivalTests
{
    private const int PartBytes = 52_428_800;

    private static readonly byte[] Content = RandomBytes((2 * PartBytes) + 5_000_001);

    private static readonly TransferSizes Sizes = new(FirstRange: 3_000_000, MinRange: 2_000_000, MaxRange: 64 * 1024 * 1024, MinKept: 1);

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Every_byte_of_a_file_in_parts_is_proven(int connections)
    {
        using var storage = Storage(TagOf(Content, PartBytes));
        using var folder = new TestFolder();

        var outcome = await SaveAsync(storage, folder, connections);

        Assert.Equal(FileProof.Bytes, outcome.Saved!.Proof);
        Assert.Equal(Content, await File.ReadAllBytesAsync(outcome.Saved.FullName));
        Assert.All(storage.Requests, request => Assert.Equal(request.First / PartBytes, request.Last / PartBytes));
    }

    [Fact]
    public async Task A_file_in_parts_of_another_size_is_saved_unproven()
    {
        using var storage = Storage(TagOf(Content, PartBytes - 1));
        using var folder = new TestFolder();

        var outcome = await SaveAsync(storage, folder, connections: 4);

        Assert.Equal((null, FileProof.Length), (outcome.Failure, outcome.Saved!.Proof));
    }

    [Fact]
    public async Task Bytes_are_not_proven_without_verification()
    {
        using var storage = Storage(TagOf(Content, PartBytes));
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, configure: options => options with { Sizes = Sizes });

        Assert.Equal(FileProof.Length, outcome.Saved!.Proof);
    }

    [Fact]
    public async Task Bytes_that_the_disk_corrupts_are_not_proven()
    {
        using var storage = Storage(TagOf(Content, PartBytes));
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(
            folder, configure: options => options with { Sizes = Sizes, Verify = true, Disk = new DamagingDisk(times: 1) });

        Assert.Equal(FileProof.Length, outcome.Saved!.Proof);
    }

    [Fact]
    public async Task A_resumed_download_is_proven_including_its_earlier_bytes()
    {
        var isBroken = true;
        using var storage = Storage(TagOf(Content, PartBytes), breaks: request => isBroken && request.First > PartBytes);
        using var folder = new TestFolder();

        Assert.NotNull((await SaveAsync(storage, folder, connections: 4)).Failure);
        isBroken = false;
        var outcome = await SaveAsync(storage, folder, connections: 4);

        Assert.Equal((true, FileProof.Bytes), (outcome.Saved!.Resumed, outcome.Saved.Proof));
        Assert.Equal(Content, await File.ReadAllBytesAsync(outcome.Saved.FullName));
    }

    private static Task<SaveOutcome> SaveAsync(RawStorage storage, TestFolder folder, int connections) => storage.SaveAsync(
        folder, retries: 0, configure: options => options with { Sizes = Sizes, Verify = true, Connections = connections });

    private static RawStorage Storage(string tag, Func<StorageRequest, bool>? breaks = null) => new(request =>
    {
        var (first, last) = (request.First!.Value, Math.Min(request.Last!.Value, Content.Length - 1));
        var head = RawServer.Head(
            "206 Partial Content",
            $"ETag: \"{tag}\"\r\nContent-Disposition: attachment; filename=\"part-0.parquetish\"\r\n"
                + $"Content-Range: bytes {first}-{last}/{Content.Length}\r\nContent-Length: {last - first + 1}\r\n");
        return breaks?.Invoke(request) == true ? [head, RawServer.HangUp] : [head, Content[first..(last + 1)]];
    });

#pragma warning disable CA5351 // What the storage uses.
    private static string TagOf(byte[] content, int partBytes)
    {
        var digests = content.Chunk(partBytes).Select(MD5.HashData).ToArray();
        return $"{Convert.ToHexString(MD5.HashData(digests.SelectMany(digest => digest).ToArray())).ToLowerInvariant()}-{digests.Length}";
    }
#pragma warning restore CA5351

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
