using System.Globalization;
using PSBatchExports.Emulator;
using PSBatchExports.Files.Storage;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Downloads in several ranges, over several connections.</summary>
public class ParallelSaveTests
{
    private const string Named = "attachment; filename=\"part.jsonl\"";

    private static readonly Fault OnStorage = new() { Origin = Fault.Storage };

    [Fact]
    public async Task A_large_file_is_downloaded_in_ranges_of_one_version()
    {
        await using var download = await Download.StartAsync();

        var saved = await download.SaveAsync();

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.FullName));
        Assert.False(saved.Resumed);
        Assert.Single(download.Folder.Entries);
        Assert.Equal(download.Content.Length, download.Ranges.Sum(range => range.Length));
        Assert.True(download.Ranges.Length > 4);
        Assert.Equal(new ByteRange(0, Download.Small.FirstRange), download.Ranges[0]);
        Assert.All(download.Service.StorageRequests.Skip(1), request => Assert.Equal(saved.ETag, request.Headers["If-Range"]));
        Assert.Single(download.Signings);
    }

    [Fact]
    public async Task The_saved_file_has_the_time_of_the_object()
    {
        await using var download = await Download.StartAsync();

        var saved = await download.SaveAsync();

        Assert.Equal((download.Run.CreatedAt + download.Run.Duration).UtcDateTime, File.GetLastWriteTimeUtc(saved.FullName));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Ranges_of_a_file_share_the_connections_of_the_call(int connections)
    {
        await using var download = await Download.StartAsync(options => options with { BytesPerSecond = 2_000_000 });
        var before = download.Service.Emulator.OpenStorageConnections;
        var max = 0;

        await download.SaveAsync(options => options with
        {
            Connections = connections,
            OnProgress = _ => max = Math.Max(max, download.Service.Emulator.OpenStorageConnections),
        });

        Assert.Equal(before + connections, max);
    }

    [Fact]
    public async Task Only_the_rest_of_a_broken_range_is_requested_again()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { TruncateAfter = 20_000, Skip = 2 });

        var saved = await download.SaveAsync(options => options with { Connections = 1 }, retries: 1);

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.FullName));
        var asked = download.Ranges;
        Assert.Equal(asked[2].Start + 20_000, asked[3].Start);
        Assert.Equal(asked[2].End, asked[3].End);
        Assert.Equal(download.Content.Length + asked[3].Length, asked.Sum(range => range.Length));
    }

    [Fact]
    public async Task A_connection_that_keeps_breaking_is_retried_as_long_as_it_makes_progress()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { TruncateAfter = 300_000, Times = 1000 });

        var saved = await download.SaveAsync(
            options => options with { Connections = 1, Sizes = Download.Small with { FirstRange = 1024 * 1024 } },
            retries: 1);

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.FullName));
    }

    [Fact]
    public async Task A_storage_without_ranges_is_read_as_one_stream()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { IgnoreRange = true, Times = 1000 });

        var saved = await download.SaveAsync();

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.FullName));
        Assert.Single(download.Service.StorageRequests);
    }

    [Fact]
    public async Task A_broken_stream_starts_over()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { IgnoreRange = true, TruncateAfter = 100_000, Times = 2 });
        download.Service.Break(OnStorage with { IgnoreRange = true, Times = 1000 });

        var saved = await download.SaveAsync(retries: 2);

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.FullName));
        Assert.Equal(3, download.Service.StorageRequests.Count);
    }

    [Fact]
    public async Task A_range_answered_with_the_whole_file_is_requested_again()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { IgnoreRange = true, Skip = 3 });

        var saved = await download.SaveAsync(retries: 2);

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.FullName));
        Assert.Empty(download.Service.Observer.Warnings);
    }

    [Fact]
    public async Task A_storage_that_stops_sending_ranges_is_read_as_one_stream()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { IgnoreRange = true, Skip = 3, Times = 1000 });

        var saved = await download.SaveAsync(retries: 1);

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.FullName));
        Assert.Contains("instead of ranges", Assert.Single(download.Service.Observer.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("Range", download.Service.StorageRequests[^1].Headers.Keys);
    }

    [Fact]
    public async Task A_file_that_changes_is_downloaded_again_with_a_warning()
    {
        await using var download = await Download.StartAsync();
        var bytes = 0L;

        var saved = await download.SaveAsync(options => options with
        {
            Connections = 2,
            OnProgress = progress =>
            {
                if (progress.Bytes > 300_000 && Interlocked.Exchange(ref bytes, progress.Bytes) == 0)
                    download.Service.Emulator.State.FileVersion = 1;
            },
        });

        Assert.Equal(download.Content.Select(value => (byte)(value ^ 1)), await File.ReadAllBytesAsync(saved.FullName));
        Assert.Contains("has changed", Assert.Single(download.Service.Observer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_keeps_changing_is_read_as_one_stream()
    {
        await using var download = await Download.StartAsync();

        var state = download.Service.Emulator.State;

        var saved = await download.SaveAsync(options => options with { OnProgress = _ => state.FileVersion = (state.FileVersion + 1) % 5 });

        var content = await File.ReadAllBytesAsync(saved.FullName);
        var version = content[0] ^ download.Content[0];
        Assert.Equal(download.Content.Select(value => (byte)(value ^ version)), content);
        Assert.DoesNotContain("Range", download.Service.StorageRequests[^1].Headers.Keys);
        Assert.Equal(2, download.Service.Observer.Warnings.Count);
    }

    [Fact]
    public async Task A_file_without_a_version_is_read_as_one_stream()
    {
        await using var download = await Download.StartAsync();
        var part = new Dictionary<string, string> { ["Content-Range"] = "bytes 0-3/8", ["Content-Disposition"] = Named };
        download.Service.Break(OnStorage with { Status = 206, Body = "abcd", ContentType = "binary/octet-stream", Headers = part });
        var whole = new Dictionary<string, string> { ["Content-Disposition"] = Named };
        download.Service.Break(OnStorage with { Status = 200, Body = "abcdefgh", ContentType = "binary/octet-stream", Headers = whole });

        var saved = await download.SaveAsync();

        Assert.Equal("abcdefgh", await File.ReadAllTextAsync(saved.FullName));
        Assert.Null(saved.ETag);
    }

    [Theory]
    [InlineData("bytes 4-7/8")]
    [InlineData("bytes 0-70000/100000")]
    public async Task A_range_other_than_the_requested_one_is_an_error(string contentRange)
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with
        {
            Status = 206,
            Body = "abcd",
            ContentType = "binary/octet-stream",
            Times = 1000,
            Headers = new() { ["Content-Range"] = contentRange, ["ETag"] = "\"x\"", ["Content-Disposition"] = Named },
        });

        var outcome = await download.TryAsync();

        Assert.NotNull(outcome.Failure);
        Assert.Empty(download.Folder.Entries);
    }

    [Fact]
    public async Task An_empty_file_is_saved()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with
        {
            Status = 416,
            Body = "<Error><Code>InvalidRange</Code></Error>",
            ContentType = "application/xml",
            Headers = new() { ["Content-Range"] = "bytes */0" },
        });
        download.Service.Break(OnStorage with
        {
            Status = 200,
            Body = "",
            Headers = new() { ["ETag"] = "\"d41d8cd98f00b204e9800998ecf8427e\"", ["Content-Disposition"] = Named },
        });

        var saved = await download.SaveAsync();

        Assert.Equal((0, 0), (saved.Length, new FileInfo(saved.FullName).Length));
    }

    [Fact]
    public async Task An_expiring_URL_is_renewed_between_two_ranges()
    {
        await using var download = await Download.StartAsync(options => options with { SignedUrlLifetime = TimeSpan.FromMinutes(10) });
        var hasPassed = 0;

        var saved = await download.SaveAsync(options => options with
        {
            Connections = 1,
            OnProgress = progress =>
            {
                if (progress.Bytes > 200_000 && Interlocked.Exchange(ref hasPassed, 1) == 0)
                    download.Service.Clock.Advance(TimeSpan.FromMinutes(9.5));
            },
        });

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.FullName));
        Assert.Equal(2, download.Signings.Length);
        Assert.All(download.Service.StorageRequests, request => Assert.Equal(206, request.StatusCode));
        Assert.Equal(download.Content.Length, download.Ranges.Sum(range => range.Length));
    }

    [Fact]
    public async Task A_URL_that_the_storage_calls_expired_is_renewed_at_once()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(Fixture.AsAnswer("s3-object.403.expired.http") with { Origin = Fault.Storage, Skip = 3 });

        var saved = await download.SaveAsync(options => options with { Connections = 1 }, retries: 0);

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.FullName));
        Assert.Equal(2, download.Signings.Length);
    }

    [Fact]
    public async Task A_damaged_file_is_downloaded_once_more()
    {
        await using var download = await Download.StartAsync(options => options with { SinglePartTags = true });
        var damaged = new DamagingDisk(times: 1);

        var saved = await download.SaveAsync(options => options with { Verify = true, Disk = damaged });

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.FullName));
        Assert.Contains("MD5", Assert.Single(download.Service.Observer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_damaged_twice_is_an_error_and_not_saved()
    {
        await using var download = await Download.StartAsync(options => options with { SinglePartTags = true });
        var damaged = new DamagingDisk(times: 2);

        var outcome = await download.TryAsync(options => options with { Verify = true, Disk = damaged });

        var failure = Assert.IsType<FileSaveException>(outcome.Failure);

        Assert.Equal(FileSaveFailure.Damaged, failure.Reason);
        Assert.Contains("MD5", failure.Message, StringComparison.Ordinal);
        Assert.Empty(download.Folder.Entries);
    }

    [Fact]
    public async Task Twelve_files_are_saved_in_the_order_of_their_numbers()
    {
        await using var download = await Download.StartAsync(options => options with { EventsPerHour = 24_000 });
        var run = download.Service.AddRun("Completed", maxSizeMB: 1);
        var files = await download.Service.Client.In(download.Service.Project).Files.ListAsync(run.Id.ToString());
        Assert.True(files.Count >= 12);

        var saved = await download.Service.Client.In(download.Service.Project).Files.SaveAsync(
            files, new SaveOptions { Folder = download.Folder.Path }).ToListAsync();

        Assert.Equal(Enumerable.Range(0, files.Count), saved.Select(outcome => NumberOf(outcome.Saved!)));

        static int NumberOf(SavedBatchExportFile file) => int.Parse(file.Name.Split('-', '.')[^2], CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Two_runs_of_one_interval_are_saved_to_two_folders_with_GroupByRun()
    {
        await using var download = await Download.StartAsync();
        var files = new List<BatchExportFile>();
        for (var run = 0; run < 2; run++)
            files.Add(await AddFileAsync(download.Service));

        var outcomes = await download.Service.Client.In(download.Service.Project).Files.SaveAsync(
            files, new SaveOptions { Folder = download.Folder.Path, GroupByRun = true }).ToListAsync();

        Assert.All(
            outcomes,
            outcome => Assert.Equal(outcome.File!.RunId, Path.GetFileName(Path.GetDirectoryName(outcome.Saved!.FullName))));
        Assert.Equal(2, download.Folder.Entries.Count());
    }

    [Fact]
    public async Task Two_runs_of_one_interval_collide_before_the_first_byte_without_GroupByRun()
    {
        await using var download = await Download.StartAsync();
        var files = new List<BatchExportFile>();
        for (var run = 0; run < 3; run++)
            files.Add(await AddFileAsync(download.Service));
        download.Forget();

        var outcomes = await download.Service.Client.In(download.Service.Project).Files.SaveAsync(
            files, new SaveOptions { Folder = download.Folder.Path }).ToListAsync();

        Assert.NotNull(outcomes[0].Saved);
        Assert.All(
            outcomes.Skip(1),
            outcome => Assert.Equal(FileSaveFailure.Collision, Assert.IsType<FileSaveException>(outcome.Failure).Reason));
        Assert.Equal(3, download.Signings.Length);
        Assert.All(
            download.Service.StorageRequests,
            request => Assert.Contains(outcomes[0].File!.RunId, request.Path, StringComparison.Ordinal));
    }
    private static async Task<BatchExportFile> AddFileAsync(TestService service)
    {
        var run = service.AddRun("Completed");
        return (await service.Client.In(service.Project).Files.ListAsync(run.Id.ToString()))[0];
    }
}
