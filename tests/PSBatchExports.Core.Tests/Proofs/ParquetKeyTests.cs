using PSBatchExports.Emulator;
using PSBatchExports.Proofs;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>The key column of Parquet files that other writers made.</summary>
public sealed class ParquetKeyTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("brotli")]
    public async Task Keys_of_the_service_are_the_same_in_Parquet_and_JSON_lines(string? compression)
    {
        await using var service = await TestService.StartAsync(options => options with { EventsPerHour = 3000 });

        var parquet = await KeysAsync(service, "Parquet", compression);
        var lines = await KeysAsync(service, "JSONLines", null);

        Assert.True(parquet.Found > 1000);
        Assert.Equal(lines.Found, parquet.Found);
        Assert.Equal(parquet.Found, await DuplicatesAsync(service, compression));
    }

    [Fact]
    public async Task Keys_in_dictionaries_and_nulls_are_read()
    {
        string?[] texts = [.. Enumerable.Range(0, 5000).Select(number => number % 7 == 0 ? null : $"key {number % 100}")];
        using var store = new RowKeyStore();
        var keys = Collector(store);
        using var file = new MemoryStream(await RowFiles.ParquetAsync("uuid", texts));

        Assert.Null(new ParquetKeys(file, keys, CancellationToken.None).Read());

        Assert.Equal((texts.Count(text => text is not null), texts.Count(text => text is null)), (keys.Found, keys.Missing));
        Assert.Equal(keys.Found - texts.OfType<string>().Distinct().Count(), Duplicates(store, keys));
    }

    [Fact]
    public async Task Damaged_pages_are_errors_of_the_format()
    {
        var content = await RowFiles.ParquetAsync("uuid", [.. Enumerable.Range(0, 300).Select(number => $"key {number % 50}")]);
        var random = new Random(1);
        var damaged = 0;
        for (var number = 0; number < 300; number++)
        {
            var mutant = content.ToArray();
            mutant[random.Next(4, content.Length / 2)] ^= (byte)random.Next(1, 256);
            using var store = new RowKeyStore();
            var failure = Record.Exception(() => new ParquetKeys(new MemoryStream(mutant), Collector(store), CancellationToken.None).Read());
            if (failure is null)
                continue;

            Assert.IsType<InvalidDataException>(failure);
            damaged++;
        }

        Assert.True(damaged > 0);
    }

    private static async Task<RowKeyCollector> KeysAsync(TestService service, string format, string? compression)
    {
        using var store = new RowKeyStore();
        return await CollectAsync(service, format, compression, store);
    }

    // Each row is in both files.
    private static async Task<long> DuplicatesAsync(TestService service, string? compression)
    {
        using var store = new RowKeyStore();
        var keys = await CollectAsync(service, "Parquet", compression, store);
        await CollectAsync(service, "JSONLines", null, store);
        return Duplicates(store, keys);
    }

    private static async Task<RowKeyCollector> CollectAsync(TestService service, string format, string? compression, RowKeyStore store)
    {
        var start = service.Clock.GetUtcNow().AddHours(-48);
        var run = service.AddRun("Completed", new OnDemandSpecification
        {
            Model = "events",
            Format = format,
            Compression = compression,
            Start = start,
            End = start.AddHours(1),
        });
        using var folder = new TestFolder();
        var files = service.Client.In(service.Project).Files;
        await foreach (var outcome in files.SaveAsync(await files.ListAsync($"{run.Id}"), new SaveOptions { Folder = folder.Path }))
            Assert.Null(outcome.Failure);

        var keys = Collector(store);
        foreach (var path in Directory.GetFiles(folder.Path))
            Assert.Empty(new FileProver(_ => { }).Prove(new ExpectedFile { FullName = path }, keys, CancellationToken.None).Damage);

        keys.Flush();
        return keys;
    }

    private static RowKeyCollector Collector(RowKeyStore store) => new(store, RowKeyRule.Of("events"), scope: 0, window: 0);

    private static long Duplicates(RowKeyStore store, RowKeyCollector keys)
    {
        keys.Flush();
        var count = 0L;
        store.FindDuplicates((_, _) => count++, CancellationToken.None);
        return count;
    }
}
