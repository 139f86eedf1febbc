using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Files that are already saved, and a storage with multipart entity tags like the service's.</summary>
public sealed class PresentFileTests
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes("{\"event\":\"first\"}\n{\"event\":\"second\"}\n");

    [Fact]
    public async Task A_file_that_matches_its_multipart_tag_is_not_downloaded_again()
    {
        using var storage = new RawStorage(_ => [FirstByte(TagOf(Content))]);
        using var folder = new TestFolder();
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, RawStorage.FileName), Content);

        var outcome = await storage.SaveAsync(folder);

        Assert.True(outcome.Saved!.WasPresent);
        Assert.Equal(0, Assert.Single(storage.Requests).Last);
    }

    [Fact]
    public async Task Another_file_of_the_same_length_does_not_count_as_saved()
    {
        using var storage = new RawStorage(_ => [FirstByte(TagOf(Content))]);
        using var folder = new TestFolder();
        var other = Content.ToArray();
        other[^3] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, RawStorage.FileName), other);

        var outcome = await storage.SaveAsync(folder);

        Assert.Equal(FileSaveFailure.Exists, Assert.IsType<FileSaveException>(outcome.Failure).Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_with_the_same_time_but_another_tag_counts_only_without_verification(bool verify)
    {
        using var storage = new RawStorage(_ => [FirstByte(TagOf([.. Content, 1]))]);
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, RawStorage.FileName);
        await File.WriteAllBytesAsync(path, Content);
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 10, 7, 12, 0, 0, DateTimeKind.Utc));

        var outcome = await storage.SaveAsync(folder, configure: options => options with { Verify = verify });

        Assert.Equal(verify ? null : FileProof.Length, outcome.Saved?.Proof);
        Assert.Equal(verify ? FileSaveFailure.Exists : null, (outcome.Failure as FileSaveException)?.Reason);
    }

    private static byte[] FirstByte(string tag) => RawServer.Answer(
        Content[..1],
        "Last-Modified: Wed, 07 Oct 2026 12:00:00 GMT\r\nContent-Type: binary/octet-stream\r\n"
            + $"ETag: \"{tag}\"\r\nContent-Range: bytes 0-0/{Content.Length}\r\n",
        "206 Partial Content");

#pragma warning disable CA5351 // What the storage uses.
    private static string TagOf(byte[] onePart) => Convert.ToHexString(MD5.HashData(MD5.HashData(onePart))).ToLowerInvariant() + "-1";
#pragma warning restore CA5351
}
