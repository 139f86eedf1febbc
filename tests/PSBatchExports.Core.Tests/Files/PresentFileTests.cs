using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>A file that is there already, and a storage whose entity tag is that of an object in parts, as the service's are.</summary>
public sealed class PresentFileTests
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes("{\"event\":\"first\"}\n{\"event\":\"second\"}\n");

    [Fact]
    public async Task A_file_that_the_tag_of_its_parts_proves_is_not_fetched_again()
    {
        using var storage = new RawStorage(_ => [FirstByte(TagOf(Content))]);
        using var folder = new TestFolder();
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, RawStorage.FileName), Content);

        var outcome = await storage.SaveAsync(folder);

        Assert.True(outcome.Saved!.WasPresent);
        Assert.Equal(0, Assert.Single(storage.Requests).Last);
    }

    [Fact]
    public async Task Another_file_of_the_same_length_is_not_taken_for_it()
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
    public async Task One_whose_tag_differs_and_whose_time_fits_counts_only_without_verification(bool verify)
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
        $"Last-Modified: Wed, 07 Oct 2026 12:00:00 GMT\r\nETag: \"{tag}\"\r\nContent-Type: binary/octet-stream\r\nContent-Range: bytes 0-0/{Content.Length}\r\n",
        "206 Partial Content");

#pragma warning disable CA5351 // What the storage uses.
    private static string TagOf(byte[] onePart) => Convert.ToHexString(MD5.HashData(MD5.HashData(onePart))).ToLowerInvariant() + "-1";
#pragma warning restore CA5351
}
