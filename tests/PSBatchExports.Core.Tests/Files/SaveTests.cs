using Xunit;
using static PSBatchExports.Core.Tests.Saves;

namespace PSBatchExports.Core.Tests;

public class SaveTests
{
    [Fact]
    public async Task A_file_is_saved_completely_under_its_safe_name()
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        var run = service.AddRun("Completed");

        var saved = (await SaveAsync(service, service.Client, folder, run)).Saved!;

        var name = Assert.Single(folder.Entries);
        Assert.Equal("2026-10-07T12-00-00+00-00-2026-10-07T13-00-00+00-00-0.jsonl", name);
        Assert.Equal((name, Path.Combine(folder.Path, name)), (saved.Name, saved.FullName));
        Assert.Equal($@"Microsoft.PowerShell.Core\FileSystem::{saved.FullName}", saved.PSPath);
        Assert.Equal(
            (new FileInfo(saved.FullName).Length, run.Id.ToString(), 0, 12345, false),
            (saved.Length, saved.RunId, saved.Index, saved.ProjectId, saved.Resumed));
        Assert.StartsWith("\"", saved.ETag, StringComparison.Ordinal);
        Assert.Equal(service.Emulator.Options.EventsPerHour, Lines(saved.FullName));
    }

    [Theory]
    [InlineData("gzip", ".jsonl.gz")]
    [InlineData("brotli", ".jsonl.br")]
    [InlineData(null, ".jsonl")]
    public async Task A_saved_file_has_the_bytes_of_the_storage_compressed_or_not(string? compression, string ending)
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        using var http = new HttpClient();
        var newRun = Calls.NewRun(service.Clock.GetUtcNow()) with { Compression = compression };
        await service.Client.In(service.Project).OnDemandRuns.StartAsync(newRun);
        var run = Assert.Single(service.Emulator.State.OnDemandRuns);
        run.Force("Completed");
        var file = Assert.Single(await service.Client.In(service.Project).Files.ListAsync(run.Id.ToString()));

        var saved = (await SaveAsync(service, service.Client, folder, run)).Saved!;

        var described = await service.Client.In(service.Project).Files.DescribeAsync(file);
        Assert.EndsWith(ending, saved.Name, StringComparison.Ordinal);
        Assert.Equal((saved.Name, saved.Length, saved.ETag), (described.Name, described.Length, described.ETag));
        Assert.Equal(await http.GetByteArrayAsync(new Uri(described.Url!)), await File.ReadAllBytesAsync(saved.FullName));
    }

    [Fact]
    public async Task The_storage_sees_the_signed_URL_unchanged_and_never_the_key()
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();

        await SaveAsync(service, service.Client, folder, service.AddRun("Completed"));

        var request = Assert.Single(service.StorageRequests);
        Assert.Equal((206, "bytes=0-16777215"), (request.StatusCode, request.Headers["Range"]));
        Assert.Contains("%3A", request.Path, StringComparison.Ordinal);
        Assert.Contains("%2B", request.Path, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", request.Headers.Keys);
        Assert.DoesNotContain(
            service.Emulator.ApiKey, string.Join('\n', request.Headers.Values) + request.Path + request.Query, StringComparison.Ordinal);
        Assert.All(service.Requests, api => Assert.Equal($"Bearer {service.Emulator.ApiKey}", api.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_cancelled_download_leaves_no_files_behind()
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        using var stop = new CancellationTokenSource();
        service.Break(OnStorage with { Stall = true });
        var files = await service.Client.In(service.Project).Files.ListAsync(service.AddRun("Completed").Id.ToString());

        var options = new SaveOptions { Folder = folder.Path };
        var work = service.Client.In(service.Project).Files.SaveAsync([files[0]], options, stop.Token).ToListAsync();
        await BoundedWait.Until(() => folder.Entries.Any() && service.StorageRequests.Count > 0);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.Empty(folder.Entries);
        await BoundedWait.Until(() => service.Emulator.OpenStorageConnections == 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_present_file_is_replaced_only_with_Overwrite(bool overwrite)
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        var run = service.AddRun("Completed");
        var path = (await SaveAsync(service, service.Client, folder, run)).Saved!.FullName;
        await File.WriteAllTextAsync(path, "mine");

        var outcome = await SaveAsync(service, service.Client, folder, run, overwrite);

        if (overwrite)
        {
            Assert.Equal(outcome.Saved!.Length, new FileInfo(path).Length);
        }
        else
        {
            var failure = Assert.IsType<FileSaveException>(outcome.Failure);
            Assert.Equal((FileSaveFailure.Exists, path), (failure.Reason, failure.Path));
            Assert.Equal("mine", await File.ReadAllTextAsync(path));
        }

        Assert.Single(folder.Entries);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_of_that_name_is_never_replaced(bool overwrite)
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        var run = service.AddRun("Completed");
        var path = (await SaveAsync(service, service.Client, folder, run)).Saved!.FullName;
        File.Delete(path);
        Directory.CreateDirectory(path);

        var outcome = await SaveAsync(service, service.Client, folder, run, overwrite);

        Assert.Contains("it is a folder", Assert.IsType<FileSaveException>(outcome.Failure).Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(path));
    }

    [Fact]
    public async Task A_missing_folder_is_created_and_an_impossible_one_is_an_error()
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        var run = service.AddRun("Completed");
        var inner = Path.Combine(folder.Path, "a", "b");

        var saved = await SaveAsync(service, service.Client, inner, run);
        var below = Path.Combine(saved.Saved!.FullName, "below a file");

        Assert.Single(Directory.EnumerateFiles(inner));
        var failure = await Assert.ThrowsAsync<FileSaveException>(() => SaveAsync(service, service.Client, below, run));
        Assert.Equal(below, failure.Path);
    }

    [Fact]
    public async Task Connections_do_not_exceed_their_limit()
    {
        await using var service = await TestService.StartAsync(options => options with { BytesPerSecond = 200_000 });
        using var folder = new TestFolder();
        var files = new List<BatchExportFile>();
        for (var run = 0; run < 6; run++)
        {
            var added = service.AddRun("Completed", daysBack: run);
            files.AddRange(await service.Client.In(service.Project).Files.ListAsync(added.Id.ToString()));
        }

        var max = 0;
        var options = new SaveOptions
        {
            Folder = folder.Path,
            Overwrite = true,
            Connections = 2,
            OnProgress = _ => max = Math.Max(max, service.Emulator.OpenStorageConnections),
        };
        var outcomes = await service.Client.In(service.Project).Files.SaveAsync(files, options).ToListAsync();

        Assert.Equal(6, outcomes.Count);
        Assert.Equal(2, max);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_second_of_two_files_with_one_name_fails_even_with_Overwrite(bool overwrite)
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        var files = new List<BatchExportFile>();
        for (var run = 0; run < 2; run++)
            files.Add((await service.Client.In(service.Project).Files.ListAsync(service.AddRun("Completed").Id.ToString()))[0]);

        var outcomes = await service.Client.In(service.Project).Files.SaveAsync(
            files, new SaveOptions { Folder = folder.Path, Overwrite = overwrite, Connections = 1 }).ToListAsync();

        Assert.Equal(outcomes[0].Saved!.Length, new FileInfo(outcomes[0].Saved!.FullName).Length);
        var failure = Assert.IsType<FileSaveException>(outcomes[1].Failure);
        Assert.Equal(FileSaveFailure.Collision, failure.Reason);
        Assert.Contains(files[0].RunId, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_file_that_fails_does_not_stop_the_others()
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        var good = (await service.Client.In(service.Project).Files.ListAsync(service.AddRun("Completed").Id.ToString()))[0];
        var bad = good with { RunId = Guid.NewGuid().ToString() };

        var outcomes = await service.Client.In(service.Project).Files.SaveAsync(
            [bad, good], new SaveOptions { Folder = folder.Path }).ToListAsync();

        Assert.IsType<NotFoundException>(Assert.Single(outcomes, outcome => outcome.File == bad).Failure);
        Assert.NotNull(Assert.Single(outcomes, outcome => outcome.File == good).Saved);
    }

    [Fact]
    public async Task A_run_given_twice_is_an_error_whatever_its_case()
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        var files = service.Client.In(service.Project).Files;
        var id = service.AddRun("Completed").Id.ToString();
        var lists = new[] { await files.ReadListAsync(id), await files.ReadListAsync(id.ToUpperInvariant()) };

        var failure = Assert.Throws<ArgumentException>(
            () => files.SaveAsync([.. lists.Select(list => new RunSelection(list))], new SaveOptions { Folder = folder.Path }));

        Assert.Contains(id, failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Progress_ends_at_the_length_of_the_file()
    {
        await using var service = await TestService.StartAsync();
        using var folder = new TestFolder();
        var files = await service.Client.In(service.Project).Files.ListAsync(service.AddRun("Completed").Id.ToString());
        var steps = new List<DownloadProgress>();

        var outcome = Assert.Single(await service.Client.In(service.Project).Files.SaveAsync(
            [files[0]], new SaveOptions { Folder = folder.Path, OnProgress = steps.Add }).ToListAsync());

        Assert.Equal((outcome.Saved!.Length, outcome.Saved.Length), (steps[^1].Bytes, steps[^1].Length));
        Assert.Equal(steps.Select(step => step.Bytes).Order(), steps.Select(step => step.Bytes));
    }
}
