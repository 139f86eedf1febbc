using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSBatchExports.Json;
using PSBatchExports.Wire;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class ReadingTests
{
    private static readonly (string NamePattern, Func<string, object> Read)[] Kinds =
    [
        ("create-batch-export.201", json => WireRead.As(json, BatchExport.Read)),
        ("org-create-batch-export.201", json => WireRead.As(json, BatchExport.Read)),
        ("retrieve-batch-export.200", json => WireRead.As(json, BatchExport.Read)),
        ("update-batch-export.200", json => WireRead.As(json, BatchExport.Read)),
        ("list-batch-exports.200", json => WireRead.As(json, Page<BatchExport>.Reader(BatchExport.Read))),
        ("org-list-batch-exports.200", json => WireRead.As(json, Page<BatchExport>.Reader(BatchExport.Read))),
        ("create-file-download.202", json => WireRead.As(json, BatchExportRun.Read)),
        ("retrieve-file-download.200", json => WireRead.As(json, BatchExportRun.Read)),
        ("run-retrieve.200", json => WireRead.As(json, BatchExportRun.Read)),
        ("list-file-downloads.200", json => WireRead.As(json, Page<BatchExportRun>.Reader(BatchExportRun.Read))),
        ("runs-list.200", json => WireRead.As(json, Page<BatchExportRun>.Reader(BatchExportRun.Read))),
        ("logs.200", json => WireRead.As(json, Page<BatchExportLogEntry>.Reader(BatchExportLogEntry.Read))),
        ("file-download-logs.200", json => WireRead.As(json, Page<BatchExportLogEntry>.Reader(BatchExportLogEntry.Read))),
    ];

    public static TheoryData<string> Successes() =>
        new(Fixture.Names.Where(name => Kinds.Any(kind => name.StartsWith(kind.NamePattern, StringComparison.Ordinal))));

    [Theory]
    [MemberData(nameof(Successes))]
    public void Recorded_responses_are_read_without_loss(string fixture)
    {
        WireRead.AssertHolds(Fixture.Object(fixture), Read(fixture, Fixture.Text(fixture)), fixture);
    }

    [Theory]
    [MemberData(nameof(Successes))]
    public void Fields_and_values_of_newer_servers_are_kept(string fixture)
    {
        var json = Fixture.Object(fixture);
        var item = json["results"] is JsonArray { Count: > 0 } results ? results[0]!.AsObject() : json;
        foreach (var name in new[] { "status", "model", "interval", "level", "incremental_mode" }.Where(item.ContainsKey))
            item[name] = "SomethingNew";
        if (!ReferenceEquals(item, json) || !json.ContainsKey("results"))
            item["brand_new"] = JsonNode.Parse("""{"Deep": [1, 2.5, "x", null, {"y": true}]}""");

        WireRead.AssertHolds(json, Read(fixture, json.ToJsonString()), fixture);
    }

    [Theory]
    [MemberData(nameof(Successes))]
    public void Fields_that_older_servers_lack_are_no_error(string fixture)
    {
        foreach (var name in Fixture.Object(fixture).Select(property => property.Key).Except(["id", "results"]))
        {
            var json = Fixture.Object(fixture);
            json.Remove(name);
            Assert.NotNull(Read(fixture, json.ToJsonString()));
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"count": 0}""")]
    public void An_object_that_is_not_a_page_is_refused(string json)
    {
        Assert.Throws<JsonException>(() => WireRead.As(json, Page<BatchExport>.Reader(BatchExport.Read)));
        Assert.Throws<JsonException>(() => WireRead.As(json, BatchExport.Read));
    }

    [Fact]
    public void Unknown_fields_are_plain_values_found_without_regard_to_case()
    {
        var export = Read("""{"id": "e", "brand_new": {"Deep": [1, 2.5, "x", null, {"y": true}]}}""");

        var fields = Assert.IsAssignableFrom<IDictionary<string, object?>>(export.AdditionalProperties["BRAND_NEW"]);
        var list = Assert.IsType<object?[]>(fields["deep"]);
        Assert.Equal([1L, 2.5m, "x", null], list[..4]);
        Assert.Equal(true, ((IDictionary<string, object?>)list[4]!)["Y"]);
    }

    [Fact]
    public void Keys_that_differ_by_case_only_are_all_kept()
    {
        const string json = """
            {
                "id": "e", "Extra": 1, "extra": 2,
                "destination": {"type": "T", "config": {"Key": "a", "key": "b", "KEY": "c"}, "Odd": 1, "odd": 2}
            }
            """;

        var export = Read(json);

        Assert.Equal((1L, 2L), (export.AdditionalProperties["Extra"], export.AdditionalProperties["extra"]));
        var config = export.Destination!.Config;
        Assert.Equal(("a", "b", "c"), (config["Key"], config["key"], config["KEY"]));
        Assert.Equal((1L, 2L), (export.Destination.AdditionalProperties["Odd"], export.Destination.AdditionalProperties["odd"]));
    }

    [Theory]
    [InlineData("9007199254740993", typeof(long))]
    [InlineData("12345678901234567890", typeof(decimal))]
    [InlineData("0.1234567890123456789", typeof(decimal))]
    [InlineData("1e300", typeof(double))]
    public void Big_numbers_keep_their_value(string number, Type type)
    {
        var value = Read($$"""{"id": "e", "big": {{number}}}""").AdditionalProperties["big"];

        Assert.Equal(type, value!.GetType());
        AssertSameNumber(number, Wire.Written(writer => PlainJson.Write(writer, value)));
    }

    [Fact]
    public void Counts_beyond_32_bits_are_read()
    {
        const string json = """{"records_completed": 9007199254740993, "bytes_exported": 9223372036854775807}""";
        var run = WireRead.As(json, BatchExportRun.Read);

        Assert.Equal((9007199254740993L, long.MaxValue), (run.RecordsCompleted, run.BytesExported));
    }

    [Fact]
    public void A_destination_without_type_config_or_integration_is_read()
    {
        var destination = Read("""{"id": "e", "destination": {}}""").Destination!;

        Assert.Null(destination.Type);
        Assert.Empty(destination.Config);
        Assert.Null(destination.Integration);
    }

    [Theory]
    [InlineData("""{"id":"e","paused":true,"end_at":"2000-01-01T00:00:00Z"}""", "Paused")]
    [InlineData("""{"id":"e","end_at":"2000-01-01T00:00:00Z"}""", "Ended")]
    [InlineData("""{"id":"e","latest_runs":[{"status":"Running"},{"status":"Failed"},{"status":"Completed"}]}""", "Failing")]
    [InlineData("""{"id":"e","latest_runs":[{"status":"Completed"},{"status":"Failed"}]}""", "Active")]
    [InlineData("""{"id":"e","latest_runs":[{"status":"SomethingNew"}]}""", "Active")]
    [InlineData("""{"id":"e"}""", "Active")]
    public void An_exports_state_is_one_word(string json, string status)
    {
        var export = Read(json) with { ReadAt = new DateTimeOffset(2026, 10, 8, 12, 0, 0, TimeSpan.Zero) };

        Assert.Equal(status, export.Status);
    }

    private static BatchExport Read(string json) => WireRead.As(json, BatchExport.Read);

    private static object Read(string fixture, string json) =>
        Kinds.Single(kind => fixture.StartsWith(kind.NamePattern, StringComparison.Ordinal)).Read(json);

    private static void AssertSameNumber(string expected, string actual) =>
        Assert.Equal(double.Parse(expected, CultureInfo.InvariantCulture), double.Parse(actual, CultureInfo.InvariantCulture));
}
