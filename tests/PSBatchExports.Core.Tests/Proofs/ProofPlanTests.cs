using System.Text.Json;
using Xunit;

namespace PSBatchExports.Core.Tests;

public sealed class ProofPlanTests
{
    private static readonly LakeKind Events = new("events", "JSONLines", "gzip");

    [Fact]
    public async Task Folders_of_a_lake_are_proven_once_whatever_is_given()
    {
        using var lake = await SavedAsync();
        string[] folders = [Path.Combine(lake.Path, "events"), .. lake.Windows.Select(lake.FolderOf), lake.Path];

        var proofs = await TestLake.ProveAsync(ProofLevel.Counts, folders);

        Assert.Equal(lake.Windows.Select(lake.FolderOf), proofs.Select(proof => proof.FullName));
        Assert.All(proofs, proof => Assert.True(proof.Complete));
    }

    [Fact]
    public async Task A_window_folder_is_proven_alone_by_the_ledger_above_it()
    {
        using var lake = await SavedAsync();
        var window = lake.Windows[1];
        Directory.Delete(lake.FolderOf(lake.Windows[0]), recursive: true);

        var proof = Assert.Single(await TestLake.ProveAsync(ProofLevel.Rows, lake.FolderOf(window)));

        var rows = window.Files.Sum(file => file.Keys.Count);
        Assert.Equal((true, ProofLevel.Rows, rows, rows), (proof.Complete, proof.Level, proof.RecordsFound, proof.RecordsExpected));
        Assert.Equal((window.RunId, "events", window.Start, window.End), (proof.RunId, proof.Model, proof.Start, proof.End));
    }

    [Fact]
    public async Task A_file_is_proven_by_the_ledger_above_it()
    {
        using var lake = await SavedAsync();
        var file = lake.Windows[0].Files[0];

        var proof = Assert.Single(await TestLake.ProveAsync(ProofLevel.Counts, lake.PathOf(lake.Windows[0], file)));

        Assert.Equal((true, ProofLevel.Counts, file.Keys.Count), (proof.Complete, proof.Level, proof.RecordsFound));
        Assert.Equal(lake.PathOf(lake.Windows[0], file), proof.FullName);
    }

    [Fact]
    public async Task The_ledger_itself_stands_for_its_folder()
    {
        using var lake = await SavedAsync();

        Assert.Equal(lake.Windows.Count, (await TestLake.ProveAsync(ProofLevel.Files, Path.Combine(lake.Path, "ledger.jsonl"))).Count);
    }

    [Fact]
    public async Task Files_that_nothing_names_are_counted_one_by_one()
    {
        using var lake = TestLake.Create(Events, new Random(1));
        await lake.SaveAsync(isNamed: false);

        var proofs = await lake.ProveAsync(ProofLevel.Counts);

        var files = lake.Windows.SelectMany(window => window.Files.Select(file => (lake.PathOf(window, file), (long?)file.Keys.Count)));
        Assert.Equal(files, proofs.Select(proof => (proof.FullName!, proof.RecordsFound)));
        Assert.All(proofs, proof => Assert.Equal((null, null), (proof.Complete, proof.Level)));
    }

    [Fact]
    public async Task A_folder_that_cannot_take_the_temporary_file_is_no_damage_of_a_file()
    {
        using var lake = TestLake.Create(Events, new Random(1), windows: 1);
        var key = lake.Windows[0].Files[0].Keys[0];
        lake.Windows[0].Files[0].Keys.AddRange(Enumerable.Repeat(key, 3000));
        await lake.SaveAsync();
        var plan = new ProofPlan();
        plan.Add(lake.Path);
        var missing = Path.Combine(lake.Path, "missing");

        var failure = await Assert.ThrowsAsync<FileSaveException>(async () =>
        {
            await foreach (var proof in plan.ProveAsync(new ProofOptions { Level = ProofLevel.Rows, TemporaryFolder = missing }))
                Assert.Fail($"{proof}");
        });
        Assert.Equal(missing, failure.Path);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("brotli")]
    public async Task A_Parquet_file_that_misleads_its_readers_does_not_end_the_proofs_of_others(string compression)
    {
        using var lake = TestLake.Create(new LakeKind("events", "Parquet", compression), new Random(1), windows: 40);
        await lake.SaveAsync();
        var random = new Random(2);
        foreach (var window in lake.Windows.Skip(1))
        {
            var content = window.Files[0].Content.ToArray();
            for (var change = 0; change < 8; change++)
                content[random.Next(4, content.Length - 4)] ^= (byte)random.Next(1, 256);

            await File.WriteAllBytesAsync(lake.PathOf(window, window.Files[0]), content);
        }

        var proofs = await lake.ProveAsync(ProofLevel.Rows);
        Assert.Equal([true, .. Enumerable.Repeat(false, 39)], proofs.Select(proof => proof.Complete == true));
    }

    [Fact]
    public async Task A_file_that_nothing_names_is_damaged_if_its_format_is()
    {
        using var lake = TestLake.Create(Events, new Random(1), windows: 1);
        await lake.SaveAsync(isNamed: false);
        var (path, file) = (lake.PathOf(lake.Windows[0], lake.Windows[0].Files[0]), lake.Windows[0].Files[0]);
        await File.WriteAllBytesAsync(path, file.Content[..^3]);

        var proof = Assert.Single(await TestLake.ProveAsync(ProofLevel.Counts, path));

        Assert.False(proof.Complete);
        Assert.Contains("its gzip data cannot be read to the end", proof.Problem);
    }

    [Fact]
    public async Task A_lake_in_a_folder_is_proven_with_the_files_beside_it()
    {
        using var lake = await SavedAsync();
        using var outer = new TestFolder();
        Directory.Move(lake.Path, Path.Combine(outer.Path, "lake"));
        await File.WriteAllTextAsync(Path.Combine(outer.Path, "loose.jsonl"), "{}\n");
        await File.WriteAllTextAsync(Path.Combine(outer.Path, "notes.txt"), "no data");

        var proofs = await TestLake.ProveAsync(ProofLevel.Counts, outer.Path);
        Directory.Move(Path.Combine(outer.Path, "lake"), lake.Path);

        bool?[] complete = [null, .. lake.Windows.Select(_ => (bool?)true)];
        Assert.Equal(complete, proofs.Select(proof => proof.Complete));
    }

    [Fact]
    public async Task Persons_may_be_in_several_windows_but_not_twice_in_one()
    {
        using var lake = TestLake.Create(new LakeKind("persons", "JSONLines", null), new Random(1));
        lake.Windows[1].Files[0].Keys[0] = lake.Windows[0].Files[0].Keys[0];
        await lake.SaveAsync();
        Assert.All(await lake.ProveAsync(ProofLevel.Rows), proof => Assert.True(proof.Complete));

        lake.Windows[2].Files[0].Keys[0] = lake.Windows[2].Files[0].Keys[1];
        await lake.SaveAsync();
        Assert.Equal([true, true, false], (await lake.ProveAsync(ProofLevel.Rows)).Select(proof => proof.Complete));
    }

    [Fact]
    public async Task A_row_of_two_windows_is_told_with_both_and_its_uuid()
    {
        using var lake = TestLake.Create(Events, new Random(1));
        const string Uuid = "0190a1b2-0000-7000-8000-000000000001";
        lake.Windows[0].Files[0].Keys[0] = Uuid;
        lake.Windows[2].Files[0].Keys[1] = Uuid;
        await lake.SaveAsync();

        var proof = (await lake.ProveAsync(ProofLevel.Rows))[2];

        Assert.Equal((false, ProofLevel.Counts), (proof.Complete, proof.Level));
        Assert.Equal([$"1 row is also in {lake.FolderOf(lake.Windows[0])}, such as {Uuid}"], proof.Problem);
    }

    [Fact]
    public async Task Rows_without_a_key_are_a_problem_of_events_and_not_comparable_for_queries()
    {
        using var lake = TestLake.Create(new LakeKind("hogql", "JSONLines", null), new Random(1), windows: 1);
        await lake.SaveAsync();
        Assert.True(Assert.Single(await lake.ProveAsync(ProofLevel.Rows)).Complete);

        foreach (var (model, complete) in ((string, bool?)[])[("hogql", null), ("events", false)])
        {
            using var other = TestLake.Create(new LakeKind(model, "JSONLines", null), new Random(1), windows: 1);
            await other.SaveAsync(isNamed: false);
            other.Windows[0].Files.ForEach(file => file.Replace([.. file.Keys.SelectMany(_ => "{}\n"u8.ToArray())]));
            await other.WriteFilesAsync();
            other.WriteLedger();

            var proof = Assert.Single(await other.ProveAsync(ProofLevel.Rows));
            Assert.Equal((complete, ProofLevel.Counts), (proof.Complete, proof.Level));
        }
    }

    [Fact]
    public async Task A_row_that_is_not_JSON_is_found_at_the_level_Rows()
    {
        using var lake = TestLake.Create(new LakeKind("events", "JSONLines", null), new Random(1), windows: 1);
        await lake.SaveAsync(isNamed: false);
        var file = lake.Windows[0].Files[0];
        file.Replace([.. file.Content[..^2], (byte)'\n']);
        await lake.WriteFilesAsync();
        lake.WriteLedger();

        Assert.True(Assert.Single(await lake.ProveAsync(ProofLevel.Counts)).Complete);
        Assert.Contains($"{file.Name}: row {file.Keys.Count} is not JSON", Assert.Single(await lake.ProveAsync(ProofLevel.Rows)).Problem);
    }

    [Fact]
    public async Task Parquet_that_cannot_be_read_here_comes_with_a_query_for_DuckDB()
    {
        using var lake = TestLake.Create(new LakeKind("events", "Parquet", "zstd"), new Random(1), windows: 1);
        await lake.SaveAsync();

        var proof = Assert.Single(await lake.ProveAsync(ProofLevel.Rows));

        var pattern = Path.Combine(lake.Path, "events", "*", "*.parquet*").Replace('\\', '/');
        Assert.Equal((null, ProofLevel.Counts), (proof.Complete, proof.Level));
        Assert.Equal(
            [
                "not comparable: rows of Parquet with zstd cannot be read here; DuckDB can: "
                    + $"SELECT uuid, count(*) FROM read_parquet('{pattern}') GROUP BY ALL HAVING count(*) > 1",
            ],
            proof.Problem);
    }

    [Fact]
    public async Task A_damaged_ledger_is_an_error()
    {
        using var lake = await SavedAsync();
        await File.WriteAllTextAsync(Path.Combine(lake.Path, "ledger.jsonl"), "{}\n");

        Assert.Throws<LedgerException>(() => new ProofPlan().Add(lake.Path));
    }

    [Fact]
    public async Task The_numbers_of_the_service_are_compared_with_files_and_ledger()
    {
        using var lake = await SavedAsync();
        var window = lake.Windows[1];
        var rows = window.Files.Sum(file => file.Keys.Count);
        var run = new BatchExportRun { RunId = window.RunId, Status = RunStatus.Completed, RecordsCompleted = rows };

        Assert.True((await ProveRunAsync(lake, run)).Complete);
        Assert.False((await ProveRunAsync(lake, run with { RecordsCompleted = rows + 1 })).Complete);
        Assert.False((await ProveRunAsync(lake, run with { Status = "Failed" })).Complete);
        Assert.False((await ProveRunAsync(lake, run with { Files = ["one", "two", "three", "four", "five"] })).Complete);
        Assert.False(new ProofPlan().Add(lake.Path, run with { RunId = "another" }));
    }

    [Fact]
    public async Task Files_that_nothing_names_are_compared_with_the_service_together()
    {
        using var lake = TestLake.Create(Events, new Random(1), windows: 1);
        await lake.SaveAsync(isNamed: false);
        var rows = lake.Windows[0].Files.Sum(file => file.Keys.Count);
        var run = new BatchExportRun { RunId = "run", Status = RunStatus.Completed, RecordsCompleted = rows };

        var proof = await ProveRunAsync(lake, run);

        Assert.Equal((true, ProofLevel.Counts, lake.Path), (proof.Complete, proof.Level, proof.FullName));
        Assert.False((await ProveRunAsync(lake, run with { RecordsCompleted = rows - 1 })).Complete);
    }

    [Fact]
    public async Task Files_are_proven_by_a_manifest_as_by_a_ledger()
    {
        using var lake = TestLake.Create(Events, new Random(1));
        await lake.SaveAsync(isNamed: false);
        await WriteManifestAsync(lake, hasHashes: true);
        Assert.All(await lake.ProveAsync(ProofLevel.Rows), proof => Assert.Equal((true, ProofLevel.Rows), (proof.Complete, proof.Level)));
        Assert.Single(await TestLake.ProveAsync(ProofLevel.Rows, lake.FolderOf(lake.Windows[1])));

        var path = lake.PathOf(lake.Windows[0], lake.Windows[0].Files[0]);
        await File.WriteAllBytesAsync(path, RowFiles.Gzip("{}\n"u8));
        Assert.Equal([false, true, true], (await lake.ProveAsync(ProofLevel.Files)).Select(proof => proof.Complete));

        File.Copy(path, Path.Combine(lake.Path, "events", "stray.jsonl.gz"));
        Assert.Contains("the manifest does not name it", (await lake.ProveAsync(ProofLevel.Files))[^1].Problem);
    }

    [Fact]
    public async Task A_manifest_with_names_only_proves_that_the_files_are_there()
    {
        using var lake = TestLake.Create(Events, new Random(1));
        await lake.SaveAsync(isNamed: false);
        await WriteManifestAsync(lake, hasHashes: false);

        Assert.All(await lake.ProveAsync(ProofLevel.Counts), proof => Assert.Equal((null, ProofLevel.Files), (proof.Complete, proof.Level)));
    }

    [Fact]
    public async Task A_manifest_of_a_newer_version_is_an_error_and_a_foreign_one_is_ignored()
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, "manifest.json");
        await File.WriteAllTextAsync(path, """{"name":"app"}""");
        Assert.False(new ProofPlan().Add(folder.Path));

        await File.WriteAllTextAsync(path, """{"manifest":2}""");
        Assert.Throws<FormatException>(() => new ProofPlan().Add(folder.Path));
    }

    [Fact]
    public async Task Proving_stops_at_once_when_it_is_cancelled()
    {
        using var lake = await SavedAsync();
        using var stop = new CancellationTokenSource();
        var plan = new ProofPlan();
        plan.Add(lake.Path);
        var proofs = plan.ProveAsync(new ProofOptions { OnProgress = _ => stop.Cancel() }, stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var proof in proofs)
                Assert.Null(proof);
        });
    }

    private static async Task<TestLake> SavedAsync()
    {
        var lake = TestLake.Create(Events, new Random(1));
        await lake.SaveAsync();
        return lake;
    }

    private static async Task<BatchExportFileProof> ProveRunAsync(TestLake lake, BatchExportRun run)
    {
        var plan = new ProofPlan();
        Assert.True(plan.Add(lake.Path, run));
        return Assert.Single(await TestLake.ProveAsync(plan, ProofLevel.Counts));
    }

    private static async Task WriteManifestAsync(TestLake lake, bool hasHashes)
    {
        var runs = lake.Windows.Select(window => new
        {
            runId = window.RunId,
            start = window.Start,
            end = window.End,
            records = hasHashes ? window.Files.Sum(file => file.Keys.Count) : (int?)null,
            files = window.Files.Select(file => new
            {
                path = $"events/{window.Name}/{file.Name}",
                name = file.Name,
                sha256 = hasHashes ? file.Entry("").Sha256 : null,
                length = hasHashes ? file.Content.Length : (int?)null,
            }),
        });
        var json = JsonSerializer.Serialize(new { manifest = 1, model = "events", runs });
        await File.WriteAllTextAsync(Path.Combine(lake.Path, "manifest.json"), json);
    }
}
