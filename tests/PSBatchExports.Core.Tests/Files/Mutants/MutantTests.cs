using PSBatchExports.Files.Storage;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>
/// Intact runs, and mutants of them. A mutation that changes the number of rows is an error; another one is at least not reported as proven
/// byte by byte. With PSBATCHEXPORTS_LONG_TESTS=1 there are 2,000 mutants and 500 intact runs, else a sample.
/// </summary>
public sealed class MutantTests
{
    private const int BatchSize = 20;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1";

    public static TheoryData<int> GoodBatches => new(Enumerable.Range(0, IsLong ? 500 / BatchSize : 2));

    public static TheoryData<int, bool> MutantBatches
    {
        get
        {
            var data = new TheoryData<int, bool>();
            for (var batch = 0; batch < (IsLong ? 1000 / BatchSize : 1); batch++)
            {
                data.Add(batch, false);
                data.Add(batch, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(GoodBatches))]
    public async Task Intact_runs_of_every_format_and_compression_are_proven(int batch)
    {
        var random = new Random(batch);
        await using var runs = await StoredRuns.StartAsync(batch);
        for (var number = 0; number < BatchSize; number++)
        {
            var files = await runs.NextAsync((batch * BatchSize) + number, random);
            using var service = new StoredRunService(files, files.Sum(file => file.Rows));
            using var folder = new TestFolder();

            Assert.All(
                await service.SaveAsync(folder),
                outcome => Assert.Equal((null, FileProof.Bytes), (outcome.Failure, outcome.Saved?.Proof)));
            Assert.All(
                await service.SaveAsync(folder),
                outcome => Assert.Equal((true, FileProof.Bytes), (outcome.Saved?.WasPresent, outcome.Saved?.Proof)));
        }
    }

    [Theory]
    [MemberData(nameof(MutantBatches))]
    public async Task Mutated_files_are_detected(int batch, bool onDisk)
    {
        var random = new Random(1000 + batch);
        await using var runs = await StoredRuns.StartAsync(batch);
        var kinds = Mutation.OfRows.Concat(Mutation.OfBytes).ToArray();
        for (var number = 0; number < BatchSize;)
        {
            var kind = kinds[number % kinds.Length];
            var files = await runs.NextAsync(random.Next(StoredRuns.KindCount), random);
            if (Mutation.Apply(kind, files, random) is not { } mutants)
                continue;

            await (onDisk ? FindOnDiskAsync(kind, files, mutants) : FindAtStorageAsync(kind, files, mutants));
            number++;
        }
    }

    private static async Task FindAtStorageAsync(string kind, StoredFile[] files, StoredFile[] mutants)
    {
        using var service = new StoredRunService(mutants, files.Sum(file => file.Rows));
        using var folder = new TestFolder();

        var outcomes = await service.SaveAsync(folder);

        var subject = $"{kind}: {string.Join(", ", files.Select(file => file.Name))}";
        var doRowsDiffer = outcomes is [{ Failure: FileSaveException { Reason: FileSaveFailure.RowsDiffer } }];

        // A changed byte of plain JSON lines may have been, or become, a line break.
        if (Mutation.OfRows.Contains(kind) || doRowsDiffer)
        {
            Assert.True(doRowsDiffer, subject);
            Assert.All(folder.Entries, name => Assert.EndsWith(".unproven", name, StringComparison.Ordinal));
            return;
        }

        Assert.Equal(mutants.Length, outcomes.Count);
        var right = files.Where(mutants.Contains).Select(file => SafeFileName.From(file.Name)).ToArray();
        Assert.All(
            outcomes,
            outcome => Assert.True(outcome.Saved?.Proof != FileProof.Bytes || right.Contains(outcome.Saved.Name), subject));
    }

    private static async Task FindOnDiskAsync(string kind, StoredFile[] files, StoredFile[] mutants)
    {
        using var service = new StoredRunService(files, files.Sum(file => file.Rows));
        using var folder = new TestFolder();
        await service.SaveAsync(folder);
        foreach (var path in Directory.GetFiles(folder.Path))
            File.Delete(path);

        foreach (var mutant in mutants)
        {
            var path = Path.Combine(folder.Path, SafeFileName.From(mutant.Name));
            await File.WriteAllBytesAsync(path, mutant.Content);
            File.SetLastWriteTimeUtc(path, new DateTime(2026, 10, 7, 12, 0, 0, DateTimeKind.Utc));
        }

        var outcomes = await service.SaveAsync(folder);

        Assert.Equal(files.Length, outcomes.Count);
        foreach (var (outcome, file) in outcomes.Zip(files))
        {
            byte[] content = outcome.Saved is { } saved ? await File.ReadAllBytesAsync(saved.FullName) : [];
            var isRight = file.Content.AsSpan().SequenceEqual(content);
            var isRefused = outcome.Failure is FileSaveException { Reason: FileSaveFailure.Exists };
            Assert.True(isRight || isRefused, $"{kind}: {file.Name}");
        }
    }
}
