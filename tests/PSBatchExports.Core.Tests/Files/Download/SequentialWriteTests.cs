using PSBatchExports.Emulator;
using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Download;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>File systems that take sequential writes only, such as object storages that are mounted without a cache.</summary>
public sealed class SequentialWriteTests
{
    private static readonly Dictionary<string, LimitedDisk> Mounts = new()
    {
        ["a created file cannot be opened again"] = new() { CannotOpenAgain = true },
        ["space cannot be reserved"] = new() { TakesSequentialWritesOnly = true },
        ["bytes can only be appended"] = new() { TakesSequentialWritesOnly = true, CanReserve = true },
    };

    public static TheoryData<string> EveryMount() => new(Mounts.Keys);

    [Theory]
    [MemberData(nameof(EveryMount))]
    public async Task A_file_is_downloaded_over_one_connection_in_order(string mount)
    {
        await using var download = await Download.StartAsync();

        var saved = await download.SaveAsync(On(mount));

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.FullName));
        Assert.Equal(saved.Name, Assert.Single(download.Folder.Entries));
        Assert.Contains("--vfs-cache-mode writes", Assert.Single(download.Service.Observer.Warnings), StringComparison.Ordinal);
        var inOrder = download.Ranges[Array.FindLastIndex(download.Ranges, range => range.Start == 0)..];
        Assert.Equal([0, .. inOrder.Select(range => range.End)], [.. inOrder.Select(range => range.Start), download.Content.Length]);
    }

    [Theory]
    [MemberData(nameof(EveryMount))]
    public async Task A_file_is_verified_once_it_is_complete(string mount)
    {
        await using var download = await Download.StartAsync();

        var saved = await download.SaveAsync(options => On(mount)(options) with { Verify = true });

        Assert.Equal(FileProof.Bytes, saved.Proof);
        Assert.NotNull(saved.Records);
    }

    [Theory]
    [MemberData(nameof(EveryMount))]
    public async Task A_saved_file_is_recognized_by_the_next_command(string mount)
    {
        await using var download = await Download.StartAsync();
        await download.SaveAsync(On(mount));
        download.Forget();

        Assert.True((await download.SaveAsync(On(mount))).WasPresent);
        Assert.Equal([new(0, 1)], download.Ranges);
    }

    [Theory]
    [MemberData(nameof(EveryMount))]
    public async Task A_broken_connection_is_continued_where_it_broke(string mount)
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(new Fault { Origin = Fault.Storage, TruncateAfter = 20_000, Skip = 2, Times = 3 });

        var saved = await download.SaveAsync(On(mount), retries: 3);

        Assert.Equal(download.Content, await File.ReadAllBytesAsync(saved.FullName));
    }

    [Theory]
    [MemberData(nameof(EveryMount))]
    public async Task A_download_that_fails_leaves_nothing(string mount)
    {
        await using var download = await Download.StartAsync();
        download.Service.Break(new Fault { Origin = Fault.Storage, Status = 500, Skip = 6, Times = 1000 });

        var outcome = await download.TryAsync(On(mount));

        Assert.IsType<ServerFailedException>(outcome.Failure);
        Assert.Equal(0, outcome.KeptBytes);
        Assert.Empty(download.Folder.Entries);
    }

    [Theory]
    [MemberData(nameof(EveryMount))]
    public async Task A_file_that_changes_is_downloaded_from_the_beginning(string mount)
    {
        await using var download = await Download.StartAsync();
        download.Service.Observer.BeforeRequest = number => download.Service.Emulator.State.FileVersion = number > 8 ? 7 : 0;

        var saved = await download.SaveAsync(On(mount));

        Assert.Equal(download.Content.Select(value => (byte)(value ^ 7)), await File.ReadAllBytesAsync(saved.FullName));
        Assert.Single(download.Folder.Entries);
    }

    [Fact]
    public async Task All_files_of_a_call_are_written_sequentially_with_one_warning()
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        var files = new List<BatchExportFile>();
        for (var day = 0; day < 3; day++)
            files.Add((await service.Client.In(service.Project).Files.ListAsync(service.AddRun("Completed", day).Id.ToString()))[0]);

        var options = new SaveOptions { Folder = folder.Path, Disk = new LimitedDisk { CannotOpenAgain = true }, Connections = 1 };
        var outcomes = await service.Client.In(service.Project).Files.SaveAsync(files, options).ToListAsync();

        Assert.All(outcomes, outcome => Assert.NotNull(outcome.Saved));
        Assert.Equal(3, folder.Entries.Count());
        Assert.Single(service.Observer.Warnings);
    }

    [Theory]
    [MemberData(nameof(EveryMount))]
    public async Task Files_whose_rows_are_missing_are_renamed(string mount)
    {
        byte[] content = [.. "{\"a\":1}\n"u8];
        using var storage = new RawStorage(_ =>
        [
            RawServer.Answer(
                content, $"ETag: \"v1\"\r\nContent-Range: bytes 0-{content.Length - 1}/{content.Length}\r\n", "206 Partial Content"),
        ])
        {
            Records = 2,
        };
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, configure: options => On(mount)(options) with { Verify = true });

        Assert.Equal(FileSaveFailure.RowsDiffer, Assert.IsType<FileSaveException>(outcome.Failure).Reason);
        Assert.Equal($"{RawStorage.FileName}.unproven", Assert.Single(folder.Entries));
    }

    [Fact]
    public async Task A_mount_that_fails_at_sequential_writes_is_an_error_and_left_empty()
    {
        await using var download = await Download.StartAsync();

        LimitedDisk[] disks =
        [
            new() { CannotOpenAgain = true, CannotCreate = true },
            new() { CannotOpenAgain = true, CannotRename = true },
            new() { TakesSequentialWritesOnly = true, CannotRename = true },
        ];
        foreach (var disk in disks)
        {
            var failure = Assert.IsType<FileSaveException>((await download.TryAsync(options => options with { Disk = disk })).Failure);

            Assert.Equal(FileSaveFailure.MountLimit, failure.Reason);
            Assert.Empty(download.Folder.Entries);
        }
    }

    [Fact]
    public void A_sequential_file_is_written_in_order_and_read_once_it_is_complete()
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, "file");
        using var file = LocalDisk.Instance.CreateSequential(path, _ => { });

        file.SetLength(100);
        file.Write(0, "abc"u8);
        Assert.Throws<NotSupportedException>(() => file.Write(10, "x"u8));
        file.SetLength(0);
        file.Write(0, "de"u8);
        file.Write(2, "f"u8);
        using (var content = new StreamReader(file.OpenRead()))
            Assert.Equal("def", content.ReadToEnd());

        Assert.True(LocalDisk.Instance.Rename(path, file, path + "2", overwrite: false));
        Assert.Equal("file2", Assert.Single(folder.Entries));
    }

    [Fact]
    public void Bytes_that_the_file_system_lost_are_an_error()
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, "file");
        using var file = LocalDisk.Instance.CreateSequential(path, _ => { });
        file.Write(0, "abc"u8);
        File.WriteAllText(Path.Combine(folder.Path, "other"), "ab");
        File.Move(Path.Combine(folder.Path, "other"), path, overwrite: true);

        Assert.Contains("2 bytes of the 3", Assert.Throws<IOException>(file.Flush).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => LocalDisk.Instance.Rename(path, file, path + "2", overwrite: false));
    }

    [Fact]
    public void A_leftover_of_a_killed_command_is_replaced_and_a_file_in_use_is_not()
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, ".id.partial");
        File.WriteAllText(path, "left");
        using var first = PartialFileOf(folder);

        var second = Assert.Throws<FileSaveException>(() => PartialFileOf(folder));

        Assert.Equal(FileSaveFailure.InUse, second.Reason);
        Assert.Equal(0, new FileInfo(path).Length);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(13, true)]
    [InlineData(22, true)]
    [InlineData(29, true)]
    [InlineData(38, true)]
    [InlineData(95, true)]
    [InlineData(5, false)]
    [InlineData(28, false)]
    [InlineData(30, false)]
    [InlineData(122, false)]
    public void An_unsupported_operation_is_told_apart_from_a_failure(int error, bool isLimit) =>
        Assert.Equal(isLimit, FileSystemErrors.IsLimit(new IOException("", error)));

    private static Holder PartialFileOf(TestFolder folder) =>
        new(new PartialFiles(LocalDisk.Instance, TimeProvider.System, TransferSizes.Default, folder.Path, _ => { }).ClaimSequential("id"));

    private static Func<SaveOptions, SaveOptions> On(string mount) => options => options with { Disk = Mounts[mount], Connections = 4 };

    private sealed class Holder(PartialFile file) : IDisposable
    {
        public void Dispose() => file.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
