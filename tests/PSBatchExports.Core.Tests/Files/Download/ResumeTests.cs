using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Downloads after an earlier call left a partial file or the file itself.</summary>
public class ResumeTests
{
    private static readonly Fault OnStorage = new() { Origin = Fault.Storage };

    [Fact]
    public async Task A_cancelled_download_is_resumed()
    {
        await using var download = await Download.StartAsync();
        var before = await download.InterruptAsync();

        var saved = await download.SaveAsync();

        Assert.True(saved.Resumed);
        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.FullName));
        Assert.Single(download.Folder.Entries);
        Assert.InRange(download.Ranges.Sum(range => range.Length), 1, download.Content.Length - before);
        Assert.All(download.Service.StorageRequests, request => Assert.Equal(saved.ETag, request.Headers["If-Range"]));
    }

    [Fact]
    public async Task A_failed_download_reports_what_it_keeps_and_is_resumed()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { Status = 500, Skip = 3, Times = 1000 });

        var failed = await download.TryAsync(options => options with { Connections = 1 });

        Assert.IsType<ServerFailedException>(failed.Failure);
        Assert.Equal(download.Ranges.Take(3).Sum(range => range.Length), failed.KeptBytes);
        download.Service.Emulator.Faults.Clear();
        Assert.True((await download.SaveAsync()).Resumed);
    }

    [Fact]
    public async Task A_download_starts_over_without_resume()
    {
        await using var download = await Download.StartAsync();
        await download.InterruptAsync();

        var saved = await download.SaveAsync(options => options with { Resume = false });

        Assert.False(saved.Resumed);
        Assert.Equal(download.Content.Length, download.Ranges.Sum(range => range.Length));
        Assert.Single(download.Folder.Entries);
    }

    [Fact]
    public async Task A_download_of_another_version_is_not_resumed()
    {
        await using var download = await Download.StartAsync();
        await download.InterruptAsync();
        download.Service.Emulator.State.FileVersion = 7;

        var saved = await download.SaveAsync();

        Assert.Equal(download.Content.Select(value => (byte)(value ^ 7)), await File.ReadAllBytesAsync(saved.FullName));
        Assert.False(saved.Resumed);
        Assert.Contains("has changed", Assert.Single(download.Service.Observer.Warnings), StringComparison.Ordinal);
        Assert.Single(download.Folder.Entries);
    }

    [Fact]
    public async Task A_complete_partial_file_is_finished_after_a_version_check()
    {
        await using var download = await Download.StartAsync();
        await download.InterruptAsync();
        var state = Assert.Single(Directory.GetFiles(
            download.Folder.Path, "*.state", new EnumerationOptions { AttributesToSkip = FileAttributes.None }));
        await File.WriteAllBytesAsync(state[..^".state".Length], download.Content);
        await File.AppendAllTextAsync(state, $"0-{download.Content.Length}\n");

        var saved = await download.SaveAsync();

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.FullName));
        Assert.Equal([new(0, 1)], download.Ranges);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_saved_file_is_not_downloaded_again(bool singlePartTags)
    {
        await using var download = await Download.StartAsync(options => options with { SinglePartTags = singlePartTags });
        var first = await download.SaveAsync();
        download.Forget();

        var again = await download.SaveAsync();

        Assert.True(again.WasPresent);
        Assert.Equal(first with { Duration = again.Duration, WasPresent = true, Proof = FileProof.Bytes }, again);
        Assert.Equal([new(0, 1)], download.Ranges);
        Assert.Equal(singlePartTags, !first.ETag!.Contains('-', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task A_file_of_the_same_length_that_differs_is_kept(bool singlePartTags, bool keepsTime)
    {
        await using var download = await Download.StartAsync(options => options with { SinglePartTags = singlePartTags });
        var first = await download.SaveAsync();
        var time = File.GetLastWriteTimeUtc(first.FullName);
        var mine = (byte[])download.Content.Clone();
        mine[^1] ^= 1;
        await File.WriteAllBytesAsync(first.FullName, mine);
        if (keepsTime)
            File.SetLastWriteTimeUtc(first.FullName, time);

        var outcome = await download.TryAsync();

        Assert.Equal(FileSaveFailure.Exists, Assert.IsType<FileSaveException>(outcome.Failure).Reason);
        Assert.Equal(mine, await File.ReadAllBytesAsync(first.FullName));
    }
}
