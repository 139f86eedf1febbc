using Xunit;

namespace PSBatchExports.Core.Tests;

public sealed class FileShardTests
{
    [Theory]
    [InlineData("1/1", 1, 1)]
    [InlineData("2/8", 2, 8)]
    [InlineData(" 8 / 8 ", 8, 8)]
    [InlineData("999999/999999", 999999, 999999)]
    public void Share_is_a_number_and_a_count(string text, int number, int count)
    {
        var shard = FileShard.TryParse(text);

        Assert.Equal((number, count), (shard?.Number, shard?.Count));
    }

    [Theory]
    [InlineData("0/8")]
    [InlineData("9/8")]
    [InlineData("1/0")]
    [InlineData("-1/8")]
    [InlineData("2")]
    [InlineData("2/8/1")]
    [InlineData("2 of 8")]
    [InlineData("1/1000000")]
    [InlineData("")]
    [InlineData(null)]
    public void Other_text_is_no_share(string? text) => Assert.Null(FileShard.TryParse(text));

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    [InlineData(7, 8)]
    [InlineData(23, 8)]
    [InlineData(24, 8)]
    public void Each_file_is_in_one_share_and_no_share_is_larger_by_two(int count, int shards)
    {
        var run = new BatchExportRun { RunId = "r", Files = [.. Enumerable.Range(0, count).Select(index => $"f{index}")] };
        var list = new RunFileList(ApiScope.Project("1"), run, DateTimeOffset.UnixEpoch);

        var shares = Enumerable.Range(1, shards).Select(number => Shard($"{number}/{shards}").Pick(list.Files)).ToArray();

        Assert.Equal(list.Files.OrderBy(file => file.FileId), shares.SelectMany(share => share).OrderBy(file => file.FileId));
        Assert.InRange(shares.Max(share => share.Count) - shares.Min(share => share.Count), 0, 1);
    }

    [Fact]
    public void Share_goes_by_the_numbers_of_the_files()
    {
        var run = new BatchExportRun { RunId = "r", Files = [.. Enumerable.Range(0, 12).Select(index => $"f{index}")] };
        var list = new RunFileList(ApiScope.Project("1"), run, DateTimeOffset.UnixEpoch);

        var share = Shard("3/4").Pick(list.Files);

        // The service sorts by name: the files numbered 2, 6 and 10 are at 4, 8 and 2.
        Assert.Equal([4, 8, 2], share.Select(file => file.Index));
    }

    private static FileShard Shard(string text) => FileShard.TryParse(text)!;
}
