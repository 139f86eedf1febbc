using DuckDB.NET.Data;
using Parquet.Serialization;
using Xunit;

namespace PSBatchExports.Readers.Tests;

/// <summary>
/// Other programs' readers and the files that the emulated service writes. What they read is counted; the table in
/// about_PSBatchExports_Downloads says what they cannot read.
/// </summary>
public sealed class ReaderTests
{
    private const string EventQuery =
        "SELECT uuid, event, timestamp FROM events WHERE timestamp >= {data_interval_start} AND timestamp < {data_interval_end}";

    public static TheoryData<string, string?> Parquets
    {
        get
        {
            var data = new TheoryData<string, string?>();
            foreach (var model in (string[])["events", "persons", "sessions", "hogql"])
            {
                foreach (var compression in (string?[])[null, .. FileFormats.Compressions])
                    data.Add(model, compression);
            }

            return data;
        }
    }

    public static TheoryData<string, string?> JsonLines => new()
    {
        { "events", null },
        { "events", "gzip" },
        { "persons", null },
        { "persons", "gzip" },
        { "sessions", null },
        { "sessions", "gzip" },
    };

    [Theory]
    [MemberData(nameof(Parquets))]
    public async Task DuckDB_reads_all_rows_of_Parquet(string model, string? compression)
    {
        using var run = await EmulatedRun.SaveAsync(Request(model, "Parquet", compression));

        Assert.Equal(run.Records, Count($"read_parquet([{ListOf(run)}])"));
    }

    [Theory]
    [MemberData(nameof(Parquets))]
    public async Task Parquet_Net_reads_all_values_of_Parquet(string model, string? compression)
    {
        using var run = await EmulatedRun.SaveAsync(Request(model, "Parquet", compression));

        var rows = 0L;
        foreach (var path in run.Paths)
            rows += await ReadAsync(path);

        Assert.Equal(run.Records, rows);
    }

    [Theory]
    [MemberData(nameof(JsonLines))]
    public async Task DuckDB_reads_all_rows_of_JSON_lines(string model, string? compression)
    {
        using var run = await EmulatedRun.SaveAsync(Request(model, "JSONLines", compression));

        Assert.Equal(run.Records, Count($"read_json([{ListOf(run)}], format = 'newline_delimited')"));
    }

    [Fact]
    public async Task DuckDB_does_not_know_brotli_around_JSON_lines()
    {
        using var run = await EmulatedRun.SaveAsync(Request("events", "JSONLines", "brotli"));

        var reader = $"read_json([{ListOf(run)}], format = 'newline_delimited', compression = 'brotli')";
        var refusal = Assert.Throws<DuckDBException>(() => Count(reader));

        Assert.Contains("BROTLI", refusal.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Several_files_of_a_run_are_read_together()
    {
        using var run = await EmulatedRun.SaveAsync(Request("events", "Parquet", "zstd") with { MaxFileSizeMB = 1 }, eventsPerHour: 40_000);

        Assert.True(run.Paths.Count > 1);
        Assert.Equal(run.Records, Count($"read_parquet([{ListOf(run)}])"));
    }

    [Theory]
    [InlineData("Parquet", "zstd", false)]
    [InlineData("JSONLines", null, false)]
    [InlineData("JSONLines", "gzip", true)]
    [InlineData("JSONLines", "brotli", true)]
    public async Task DuckDB_runs_the_script_of_a_manifest(string format, string? compression, bool expand)
    {
        var request = Request("events", format, compression) with { MaxFileSizeMB = 1 };
        using var run = await EmulatedRun.SaveAsync(request, eventsPerHour: 10_000);
        var options = new ManifestOptions { Form = ManifestForm.DuckDB, Expand = expand };

        var script = FileManifest.Create(run.Files, options).Text;

        Assert.Contains($"= {run.Records} THEN", script);
        Assert.Equal(run.Records, Run(script));
        Assert.Throws<DuckDBException>(() => Run(script.Replace($"= {run.Records} THEN", "= 1 THEN", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task DuckDB_finds_files_in_a_folder_whose_name_is_a_pattern()
    {
        using var run = await EmulatedRun.SaveAsync(Request("persons", "Parquet", null), subfolder: "it's [raw] *");

        var script = FileManifest.Create(run.Files, new ManifestOptions { Form = ManifestForm.DuckDB }).Text;

        Assert.Equal(run.Records, Run(script));
    }

    private static long Run(string script)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = script;
        return (long)command.ExecuteScalar()!;
    }

    private static OnDemandRunRequest Request(string model, string format, string? compression)
    {
        var start = new DateTimeOffset(DateTime.UtcNow.Date, TimeSpan.Zero).AddDays(-2);
        return new OnDemandRunRequest
        {
            Model = model,
            Format = format,
            Compression = compression,
            DataIntervalStart = start,
            DataIntervalEnd = start.AddHours(1),
            HogQLQuery = model == "hogql" ? EventQuery : null,
        };
    }

    private static string ListOf(EmulatedRun run) => string.Join(", ", run.Paths.Select(path => $"'{path}'"));

    private static long Count(string source)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {source}";
        return (long)command.ExecuteScalar()!;
    }

    private static async Task<long> ReadAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return (await ParquetSerializer.DeserializeUntypedAsync(file)).Data.Count;
    }
}
