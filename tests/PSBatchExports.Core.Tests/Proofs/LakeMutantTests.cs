using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>
/// Intact lakes, and mutants of them, which are found at the level that promises it. With PSBATCHEXPORTS_LONG_TESTS=1 there are 2,000
/// mutants and 200 intact lakes, else a sample.
/// </summary>
public sealed class LakeMutantTests
{
    private const int BatchSize = 50;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1";

    public static TheoryData<int> GoodBatches => new(Enumerable.Range(0, IsLong ? 4 : 1));

    public static TheoryData<int> MutantBatches => new(Enumerable.Range(0, IsLong ? 2000 / BatchSize : 4));

    [Theory]
    [MemberData(nameof(GoodBatches))]
    public async Task Intact_lakes_of_every_format_compression_and_model_are_proven(int batch)
    {
        var random = new Random(batch);
        for (var number = 0; number < BatchSize; number++)
        {
            var kind = LakeKind.All[((batch * BatchSize) + number) % LakeKind.All.Count];
            using var lake = TestLake.Create(kind, random);
            await lake.SaveAsync();

            Assert.All(await lake.ProveAsync(ProofLevel.Files), proof => Assert.Equal((true, ProofLevel.Files), (proof.Complete, proof.Level)));
            Assert.All(
                await lake.ProveAsync(ProofLevel.Rows),
                proof => Assert.True(Satisfies(proof, kind), $"{kind}: {proof.Level}, {string.Join("; ", proof.Problem)}"));
        }
    }

    [Theory]
    [MemberData(nameof(MutantBatches))]
    public async Task Mutants_are_found_at_the_level_that_promises_it(int batch)
    {
        var random = new Random(1000 + batch);
        var kinds = LakeMutation.Kinds.ToArray();
        for (var number = 0; number < BatchSize;)
        {
            var (mutation, level) = kinds[number % kinds.Length];
            var kind = LakeKind.All[random.Next(LakeKind.All.Count)];
            using var lake = TestLake.Create(kind, random, windows: 4);
            if (!await LakeMutation.SaveAsync(mutation, lake, random))
                continue;

            var subject = $"{mutation}: {kind}";
            Assert.True((await lake.ProveAsync(level)).Exists(proof => proof.Complete == false), subject);
            if (level > ProofLevel.Files)
                Assert.True((await lake.ProveAsync(level - 1)).TrueForAll(proof => proof.Complete == true), subject);

            number++;
        }
    }

    private static bool Satisfies(BatchExportFileProof proof, LakeKind kind) => kind.HasReadableRows
        ? proof is { Complete: true, Level: ProofLevel.Rows, Problem.Count: 0 }
        : proof is { Complete: null, Level: ProofLevel.Counts, Problem: [var only] } && only.StartsWith("not comparable: ", StringComparison.Ordinal);
}
