using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>
/// Storages with random wrong responses, and services with random wrong redirects. Each download ends with the right bytes, or with an
/// error and no file; once the storage behaves, the next call succeeds. With PSBATCHEXPORTS_LONG_TESTS=1 there are 2,000 of them, else a
/// sample.
/// </summary>
public class HostileStorageTests(ITestOutputHelper output)
{
    private const int BatchSize = 40;

    public static IEnumerable<TheoryDataRow<int, bool>> Batches() =>
        from batch in Enumerable.Range(0, Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1" ? 2000 / BatchSize : 1)
        from isVerified in new[] { false, true }
        select new TheoryDataRow<int, bool>(batch, isVerified);

    [Theory]
    [MemberData(nameof(Batches))]
    public async Task A_hostile_storage_causes_the_right_bytes_or_an_error_and_no_file(int batch, bool isVerified)
    {
        var wrong = new List<string>();
        var (right, errors) = (0, 0);
        foreach (var seed in Enumerable.Range((batch * BatchSize) + 1, BatchSize))
        {
            var (isSaved, fault) = await TryAsync(seed, isVerified);
            right += isSaved ? 1 : 0;
            errors += isSaved ? 0 : 1;
            if (fault is not null)
                wrong.Add($"{seed}: {fault}");
        }

        output.WriteLine($"{right} saved, {errors} refused, {wrong.Count} of them wrong");
        Assert.Empty(wrong);
        Assert.True(right > 0 && errors > 0, "The storages are all honest, or all beyond hope.");
    }

    private static async Task<(bool IsSaved, string? Fault)> TryAsync(int seed, bool isVerified)
    {
        var answers = new HostileAnswers(seed, isVerified);
        var connections = (seed % 4) + 1;
        using var folder = new TestFolder();
        using var storage = new RawStorage(answers.Answer);
        storage.Redirect = () => answers.Redirect(storage);

        var first = await storage.SaveAsync(folder, configure: Configure);
        if (FaultOf(first) is { } fault)
            return (first.Saved is not null, fault);

        if (first.Saved is not null)
            return (true, null);

        answers.IsHonest = true;
        var second = await storage.SaveAsync(folder, configure: Configure);
        return (false, second.Failure is { } failure ? $"an honest storage is refused: {failure}" : FaultOf(second));

        SaveOptions Configure(SaveOptions options) => options with { Connections = connections, Verify = isVerified };

        string? FaultOf(SaveOutcome outcome)
        {
            if (outcome.Saved is { } saved)
            {
                var content = File.ReadAllBytes(saved.FullName);
                var isRight = Array.Exists(answers.Versions, version => version.AsSpan().SequenceEqual(content));
                return !isRight ? $"wrong bytes are saved, {content.Length} of {answers.Versions[0].Length}"
                    : !folder.Entries.SequenceEqual([RawStorage.FileName]) ? $"there is {string.Join(", ", folder.Entries)}"
                    : null;
            }

            var isTold = outcome.Failure is BatchExportException or FileSaveException { Reason: FileSaveFailure.Damaged };
            return !isTold ? $"an error of another kind: {outcome.Failure}"
                : folder.Entries.Any(name => !name.Contains(".partial", StringComparison.Ordinal)) ? "an error, and yet a file"
                : null;
        }
    }
}
