using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Files in several ranges, over several connections, with and without a past.</summary>
public class ParallelSaveTests
{
    private static readonly TransferSizes Small = new(FirstRange: 64 * 1024, ShortestRange: 32 * 1024, LongestRange: 128 * 1024, WorthKeeping: 32 * 1024);

    private static readonly Fault OnStorage = new() { Origin = Fault.Storage };

    [Fact]
    public async Task A_large_file_comes_in_ranges_of_one_version_each_byte_once()
    {
        await using var download = await Download.StartAsync();

        var saved = await download.SaveAsync();

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.Path));
        Assert.False(saved.Resumed);
        Assert.Single(download.Folder.Entries);
        Assert.Equal(download.Content.Length, download.Ranges.Sum(range => range.Length));
        Assert.True(download.Ranges.Length > 4);
        Assert.Equal(new ByteRange(0, Small.FirstRange), download.Ranges[0]);
        Assert.All(download.Service.StorageRequests.Skip(1), request => Assert.Equal(saved.ETag, request.Headers["If-Range"]));
        Assert.Single(download.Signings);
    }

    [Fact]
    public async Task The_saved_file_has_the_time_of_the_object()
    {
        await using var download = await Download.StartAsync();

        var saved = await download.SaveAsync();

        Assert.Equal((download.Run.CreatedAt + download.Run.Duration).UtcDateTime, File.GetLastWriteTimeUtc(saved.Path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Ranges_of_one_file_share_the_connections_of_the_call(int connections)
    {
        await using var download = await Download.StartAsync(options => options with { BytesPerSecond = 2_000_000 });
        var before = download.Service.Emulator.OpenStorageConnections;
        var most = 0;

        await download.SaveAsync(options => options with { Connections = connections, OnProgress = _ => most = Math.Max(most, download.Service.Emulator.OpenStorageConnections) });

        Assert.Equal(before + connections, most);
    }

    [Fact]
    public async Task A_range_that_breaks_is_asked_for_again_from_where_it_broke_and_no_other()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { TruncateAfter = 20_000, Skip = 2 });

        var saved = await download.SaveAsync(options => options with { Connections = 1 }, retries: 1);

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.Path));
        var asked = download.Ranges;
        Assert.Equal(asked[2].Start + 20_000, asked[3].Start);
        Assert.Equal(asked[2].End, asked[3].End);
        Assert.Equal(download.Content.Length + asked[3].Length, asked.Sum(range => range.Length));
    }

    [Fact]
    public async Task A_connection_that_breaks_again_and_again_goes_on_as_long_as_it_brings_something()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { TruncateAfter = 300_000, Times = 1000 });

        var saved = await download.SaveAsync(options => options with { Connections = 1, Sizes = Small with { FirstRange = 1024 * 1024 } }, retries: 1);

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.Path));
    }

    [Fact]
    public async Task A_storage_without_parts_is_read_as_one_stream()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { IgnoreRange = true, Times = 1000 });

        var saved = await download.SaveAsync();

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.Path));
        Assert.Single(download.Service.StorageRequests);
    }

    [Fact]
    public async Task One_stream_that_breaks_begins_again()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { IgnoreRange = true, TruncateAfter = 100_000, Times = 2 });
        download.Service.Break(OnStorage with { IgnoreRange = true, Times = 1000 });

        var saved = await download.SaveAsync(retries: 2);

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.Path));
        Assert.Equal(3, download.Service.StorageRequests.Count);
    }

    [Fact]
    public async Task A_whole_file_for_a_range_is_asked_for_again()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { IgnoreRange = true, Skip = 3 });

        var saved = await download.SaveAsync(retries: 2);

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.Path));
        Assert.Empty(download.Service.Observer.Warnings);
    }

    [Fact]
    public async Task A_storage_that_stops_to_send_parts_is_read_as_one_stream()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { IgnoreRange = true, Skip = 3, Times = 1000 });

        var saved = await download.SaveAsync(retries: 1);

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.Path));
        Assert.Contains("instead of parts", Assert.Single(download.Service.Observer.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("Range", download.Service.StorageRequests[^1].Headers.Keys);
    }

    [Fact]
    public async Task A_file_that_changes_is_fetched_from_its_beginning_and_that_is_said()
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

        Assert.Equal(download.Content.Select(value => (byte)(value ^ 1)), await File.ReadAllBytesAsync(saved.Path));
        Assert.Contains("has changed", Assert.Single(download.Service.Observer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_does_not_stop_to_change_is_an_error()
    {
        await using var download = await Download.StartAsync();

        var outcome = await download.TryAsync(options => options with { OnProgress = _ => download.Service.Emulator.State.FileVersion = (download.Service.Emulator.State.FileVersion + 1) % 5 });

        Assert.Equal(FileSaveFailure.Damaged, Assert.IsType<FileSaveException>(outcome.Failure).Reason);
        Assert.Empty(download.Folder.Entries);
    }

    [Fact]
    public async Task A_file_without_a_version_is_read_as_one_stream()
    {
        await using var download = await Download.StartAsync();
        var part = new Dictionary<string, string> { ["Content-Range"] = "bytes 0-3/8" };
        download.Service.Break(OnStorage with { Status = 206, Body = "abcd", ContentType = "binary/octet-stream", Headers = part });
        download.Service.Break(OnStorage with { Status = 200, Body = "abcdefgh", ContentType = "binary/octet-stream" });

        var saved = await download.SaveAsync();

        Assert.Equal("abcdefgh", await File.ReadAllTextAsync(saved.Path));
        Assert.Null(saved.ETag);
    }

    [Theory]
    [InlineData("bytes 4-7/8")]
    [InlineData("bytes 0-70000/100000")]
    public async Task Another_part_than_was_asked_for_is_not_taken(string contentRange)
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { Status = 206, Body = "abcd", ContentType = "binary/octet-stream", Times = 1000, Headers = new() { ["Content-Range"] = contentRange, ["ETag"] = "\"x\"" } });

        var outcome = await download.TryAsync();

        Assert.NotNull(outcome.Failure);
        Assert.Empty(download.Folder.Entries);
    }

    [Fact]
    public async Task An_empty_file_is_saved()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(OnStorage with { Status = 416, Body = "<Error><Code>InvalidRange</Code></Error>", ContentType = "application/xml", Headers = new() { ["Content-Range"] = "bytes */0" } });
        download.Service.Break(OnStorage with { Status = 200, Body = "", Headers = new() { ["ETag"] = "\"d41d8cd98f00b204e9800998ecf8427e\"" } });

        var saved = await download.SaveAsync(options => options with { Verify = true });

        Assert.Equal((0, 0), (saved.Length, new FileInfo(saved.Path).Length));
    }

    [Fact]
    public async Task A_URL_that_ends_is_renewed_and_the_ranges_go_on()
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

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.Path));
        Assert.Equal(2, download.Signings.Length);
        Assert.All(download.Service.StorageRequests, request => Assert.Equal(206, request.StatusCode));
        Assert.Equal(download.Content.Length, download.Ranges.Sum(range => range.Length));
    }

    [Fact]
    public async Task A_URL_that_the_storage_takes_for_too_old_is_renewed_at_once()
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(Fixture.AsAnswer("s3-object.403.expired.http") with { Origin = Fault.Storage, Skip = 3 });

        var saved = await download.SaveAsync(options => options with { Connections = 1 }, retries: 0);

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.Path));
        Assert.Equal(2, download.Signings.Length);
    }

    [Fact]
    public async Task A_download_that_was_cancelled_goes_on_where_it_ended()
    {
        await using var download = await Download.StartAsync();
        var before = await download.InterruptAsync();

        var saved = await download.SaveAsync();

        Assert.True(saved.Resumed);
        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.Path));
        Assert.Single(download.Folder.Entries);
        Assert.InRange(download.Ranges.Sum(range => range.Length), 1, download.Content.Length - before);
        Assert.All(download.Service.StorageRequests, request => Assert.Equal(saved.ETag, request.Headers["If-Range"]));
    }

    [Fact]
    public async Task A_download_that_failed_says_what_it_keeps_and_goes_on_there()
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
    public async Task Starting_over_was_asked_for()
    {
        await using var download = await Download.StartAsync();
        await download.InterruptAsync();

        var saved = await download.SaveAsync(options => options with { Resume = false });

        Assert.False(saved.Resumed);
        Assert.Equal(download.Content.Length, download.Ranges.Sum(range => range.Length));
        Assert.Single(download.Folder.Entries);
    }

    [Fact]
    public async Task What_was_fetched_of_another_version_is_not_mixed_in()
    {
        await using var download = await Download.StartAsync();
        await download.InterruptAsync();
        download.Service.Emulator.State.FileVersion = 7;

        var saved = await download.SaveAsync();

        Assert.Equal(download.Content.Select(value => (byte)(value ^ 7)), await File.ReadAllBytesAsync(saved.Path));
        Assert.False(saved.Resumed);
        Assert.Contains("has changed", Assert.Single(download.Service.Observer.Warnings), StringComparison.Ordinal);
        Assert.Single(download.Folder.Entries);
    }

    [Fact]
    public async Task A_state_that_says_all_is_there_is_believed_after_a_look_at_the_version()
    {
        await using var download = await Download.StartAsync();
        await download.InterruptAsync();
        var state = Assert.Single(Directory.GetFiles(download.Folder.Path, "*.state", new EnumerationOptions { AttributesToSkip = FileAttributes.None }));
        await File.WriteAllBytesAsync(state[..^".state".Length], download.Content);
        await File.AppendAllTextAsync(state, $"0-{download.Content.Length}\n");

        var saved = await download.SaveAsync();

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.Path));
        Assert.Equal([new(0, 1)], download.Ranges);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(20_000)]
    public async Task The_same_file_is_known_and_not_fetched_again(int events)
    {
        await using var download = await Download.StartAsync(options => options with { EventsPerHour = events });
        var first = await download.SaveAsync();
        download.Forget();

        var again = await download.SaveAsync();

        Assert.True(again.WasPresent);
        Assert.Equal(first with { Duration = again.Duration, WasPresent = true }, again);
        Assert.Equal([new(0, 1)], download.Ranges);
        Assert.Equal(events > 10_000, first.ETag!.Contains('-', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1000, false)]
    [InlineData(20_000, false)]
    public async Task A_file_of_the_same_length_that_differs_is_kept(int events, bool keepsTime)
    {
        await using var download = await Download.StartAsync(options => options with { EventsPerHour = events });
        var first = await download.SaveAsync();
        var time = File.GetLastWriteTimeUtc(first.Path);
        var mine = (byte[])download.Content.Clone();
        mine[^1] ^= 1;
        await File.WriteAllBytesAsync(first.Path, mine);
        if (keepsTime)
            File.SetLastWriteTimeUtc(first.Path, time);

        var outcome = await download.TryAsync();

        Assert.Equal(FileSaveFailure.Exists, Assert.IsType<FileSaveException>(outcome.Failure).Reason);
        Assert.Equal(mine, await File.ReadAllBytesAsync(first.Path));
    }

    [Fact]
    public async Task Damage_on_the_way_is_found_and_the_file_fetched_once_more()
    {
        await using var download = await Download.StartAsync();
        var damaged = new DamagingDisk(times: 1);

        var saved = await download.SaveAsync(options => options with { Verify = true, Disk = damaged });

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.Path));
        Assert.Contains("MD5", Assert.Single(download.Service.Observer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_that_comes_twice_is_an_error_and_no_file()
    {
        await using var download = await Download.StartAsync();
        var damaged = new DamagingDisk(times: 2);

        var failure = Assert.IsType<FileSaveException>((await download.TryAsync(options => options with { Verify = true, Disk = damaged })).Failure);

        Assert.Equal(FileSaveFailure.Damaged, failure.Reason);
        Assert.Contains("MD5", failure.Message, StringComparison.Ordinal);
        Assert.Empty(download.Folder.Entries);
    }

    [Fact]
    public async Task Twelve_parts_come_in_the_order_of_their_numbers()
    {
        await using var download = await Download.StartAsync(options => options with { EventsPerHour = 24_000 });
        var run = download.Service.AddRun("Completed", maxSizeMB: 1);
        var files = await download.Service.Client.Files.ListAsync(download.Service.Project, run.Id.ToString());
        Assert.True(files.Count >= 12);

        var saved = await download.Service.Client.Files.SaveAsync(files.Select(file => (download.Service.Project, file)).ToArray(), new SaveOptions { Folder = download.Folder.Path }).ToListAsync();

        Assert.Equal(Enumerable.Range(0, files.Count), saved.Select(outcome => int.Parse(outcome.Saved!.Name.Split('-', '.')[^2], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Runs_of_one_interval_go_to_folders_of_their_own_where_that_was_asked_for()
    {
        await using var download = await Download.StartAsync();
        var files = new List<(ApiScope, BatchExportFile)>();
        for (var run = 0; run < 2; run++)
            files.Add((download.Service.Project, (await download.Service.Client.Files.ListAsync(download.Service.Project, download.Service.AddRun("Completed").Id.ToString()))[0]));

        var outcomes = await download.Service.Client.Files.SaveAsync(files, new SaveOptions { Folder = download.Folder.Path, GroupByRun = true }).ToListAsync();

        Assert.All(outcomes, outcome => Assert.Equal(outcome.File.RunId, Path.GetFileName(Path.GetDirectoryName(outcome.Saved!.Path))));
        Assert.Equal(2, download.Folder.Entries.Count());
    }

    [Fact]
    public async Task Names_that_collide_are_known_before_the_first_byte()
    {
        await using var download = await Download.StartAsync();
        var files = new List<(ApiScope, BatchExportFile)>();
        for (var run = 0; run < 3; run++)
            files.Add((download.Service.Project, (await download.Service.Client.Files.ListAsync(download.Service.Project, download.Service.AddRun("Completed").Id.ToString()))[0]));
        download.Forget();

        var outcomes = await download.Service.Client.Files.SaveAsync(files, new SaveOptions { Folder = download.Folder.Path }).ToListAsync();

        Assert.NotNull(outcomes[0].Saved);
        Assert.All(outcomes.Skip(1), outcome => Assert.Equal(FileSaveFailure.Collision, Assert.IsType<FileSaveException>(outcome.Failure).Reason));
        Assert.Equal(3, download.Signings.Length);
        Assert.All(download.Service.StorageRequests, request => Assert.Contains(outcomes[0].File.RunId, request.Path, StringComparison.Ordinal));
    }

    /// <summary>A run with one file, and a folder to save it to.</summary>
    private sealed class Download : IAsyncDisposable
    {
        private Download(TestService service, OnDemandRun run, byte[] content)
        {
            Service = service;
            Run = run;
            Content = content;
        }

        public TestService Service { get; }

        public OnDemandRun Run { get; }

        public byte[] Content { get; }

        public TestFolder Folder { get; } = new();

        public ByteRange[] Ranges => Service.StorageRequests.Where(request => request.Headers.ContainsKey("Range")).Select(request => Parse(request.Headers["Range"], Content.Length)).ToArray();

        public RecordedRequest[] Signings => Service.Requests.Where(request => request.Path.Contains("/download/", StringComparison.Ordinal)).ToArray();

        public static async Task<Download> StartAsync(Func<EmulatorOptions, EmulatorOptions>? configure = null)
        {
            var service = await TestService.StartAsync(options => (configure ?? (unchanged => unchanged))(options with { EventsPerHour = 2000 }));
            var run = service.AddRun("Completed");
            var http = new HttpClient();
            var described = await service.Client.Files.DescribeAsync(service.Project, Assert.Single(await service.Client.Files.ListAsync(service.Project, run.Id.ToString())));
            var download = new Download(service, run, await http.GetByteArrayAsync(new Uri(described.Url!)));
            http.Dispose();
            await Waiting.Until(() => service.Emulator.OpenStorageConnections <= 1);
            download.Forget();
            return download;
        }

        public async Task<SavedBatchExportFile> SaveAsync(Func<SaveOptions, SaveOptions>? configure = null, int retries = 0)
        {
            var outcome = await TryAsync(configure, retries);
            Assert.Null(outcome.Failure);
            return outcome.Saved!;
        }

        public async Task<SaveOutcome> TryAsync(Func<SaveOptions, SaveOptions>? configure = null, int retries = 0)
        {
            var client = Service.Connect(options => options with { MaximumRetryCount = retries });
            var file = Assert.Single(await client.Files.ListAsync(Service.Project, Run.Id.ToString()));
            return Assert.Single(await client.Files.SaveAsync([(Service.Project, file)], Options(configure)).ToListAsync());
        }

        /// <summary>Stops a download in its middle.</summary>
        /// <returns>The bytes that arrived at least.</returns>
        public async Task<long> InterruptAsync()
        {
            using var stop = new CancellationTokenSource();
            Service.Break(OnStorage with { Stall = true, Skip = 4, Times = 1000 });
            var arrived = 0L;
            var file = Assert.Single(await Service.Client.Files.ListAsync(Service.Project, Run.Id.ToString()));
            var work = Service.Client.Files.SaveAsync([(Service.Project, file)], Options(options => options with { Connections = 2, OnProgress = progress => Volatile.Write(ref arrived, progress.Bytes) }), stop.Token).ToListAsync();
            await Waiting.Until(() => Volatile.Read(ref arrived) > Small.FirstRange + Small.LongestRange);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
            Assert.Equal(2, Folder.Entries.Count());
            Service.Emulator.Faults.Clear();
            Forget();
            return arrived;
        }

        public void Forget()
        {
            Service.Emulator.StorageRequests.Clear();
            Service.Emulator.Requests.Clear();
        }

        public async ValueTask DisposeAsync()
        {
            await Service.DisposeAsync();
            Folder.Dispose();
        }

        private SaveOptions Options(Func<SaveOptions, SaveOptions>? configure) =>
            (configure ?? (unchanged => unchanged))(new SaveOptions { Folder = Folder.Path, Sizes = Small });

        private static ByteRange Parse(string header, long length)
        {
            var bounds = header["bytes=".Length..].Split('-').Select(number => long.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            return new ByteRange(bounds[0], Math.Min(bounds[1] + 1, length));
        }
    }

    /// <summary>The real disk, but a byte of the first files comes out wrong.</summary>
    private sealed class DamagingDisk(int times) : IDisk
    {
        private readonly Disk _disk = Disk.Instance;
        private int _left = times;

        public bool FileExists(string path) => _disk.FileExists(path);

        public bool FolderExists(string path) => _disk.FolderExists(path);

        public void CreateFolder(string path) => _disk.CreateFolder(path);

        public IDiskFile Open(string path, bool create, long length = 0) => new OpenFile(this, _disk.Open(path, create, length));

        public Stream OpenRead(string path) => _disk.OpenRead(path);

        public void Delete(string path, IDiskFile? open) => _disk.Delete(path, (open as OpenFile)?.File);

        public void Rename(string path, IDiskFile open, string target, bool overwrite) => _disk.Rename(path, ((OpenFile)open).File, target, overwrite);

        public long LengthOf(string path) => _disk.LengthOf(path);

        public DateTimeOffset ModifiedAt(string path) => _disk.ModifiedAt(path);

        public void SetModifiedAt(string path, DateTimeOffset time) => _disk.SetModifiedAt(path, time);

        private sealed class OpenFile(DamagingDisk disk, IDiskFile file) : IDiskFile
        {
            public IDiskFile File => file;

            public long Length => file.Length;

            public void Write(long offset, ReadOnlySpan<byte> bytes)
            {
                if (offset <= 100_000 && offset + bytes.Length > 100_000 && Interlocked.Decrement(ref disk._left) >= 0)
                {
                    var wrong = bytes.ToArray();
                    wrong[100_000 - offset] ^= 1;
                    file.Write(offset, wrong);
                    return;
                }

                file.Write(offset, bytes);
            }

            public void Flush() => file.Flush();

            public Stream OpenRead() => file.OpenRead();

            public void Dispose() => file.Dispose();
        }
    }
}
