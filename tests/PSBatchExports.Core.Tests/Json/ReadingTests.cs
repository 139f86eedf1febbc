using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using PSBatchExports.Json;
using PSBatchExports.Wire;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class ReadingTests
{
    private static readonly (string NamePattern, JsonTypeInfo Type)[] Kinds =
    [
        ("create-batch-export.201", WireContext.Default.BatchExport),
        ("org-create-batch-export.201", WireContext.Default.BatchExport),
        ("retrieve-batch-export.200", WireContext.Default.BatchExport),
        ("update-batch-export.200", WireContext.Default.BatchExport),
        ("list-batch-exports.200", WireContext.Default.PageBatchExport),
        ("org-list-batch-exports.200", WireContext.Default.PageBatchExport),
        ("create-file-download.202", WireContext.Default.BatchExportRun),
        ("retrieve-file-download.200", WireContext.Default.BatchExportRun),
        ("run-retrieve.200", WireContext.Default.BatchExportRun),
        ("list-file-downloads.200", WireContext.Default.PageBatchExportRun),
        ("runs-list.200", WireContext.Default.PageBatchExportRun),
        ("logs.200", WireContext.Default.PageBatchExportLogEntry),
        ("file-download-logs.200", WireContext.Default.PageBatchExportLogEntry),
    ];

    public static TheoryData<string> Successes() =>
        new(Fixture.Names.Where(name => Kinds.Any(kind => name.StartsWith(kind.NamePattern, StringComparison.Ordinal))));

    [Theory]
    [MemberData(nameof(Successes))]
    public void Recorded_responses_are_read_without_loss(string fixture)
    {
        var type = TypeOf(fixture);

        var written = JsonSerializer.Serialize(JsonSerializer.Deserialize(Fixture.Text(fixture), type), type);

        AssertHolds(Fixture.Object(fixture), JsonNode.Parse(written), fixture);
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

        var type = TypeOf(fixture);
        var written = JsonSerializer.Serialize(JsonSerializer.Deserialize(json, type), type);

        AssertHolds(json, JsonNode.Parse(written), fixture);
    }

    [Theory]
    [MemberData(nameof(Successes))]
    public void Fields_that_older_servers_lack_are_no_error(string fixture)
    {
        var type = TypeOf(fixture);
        foreach (var name in Fixture.Object(fixture).Select(property => property.Key).Except(["id", "results"]))
        {
            var json = Fixture.Object(fixture);
            json.Remove(name);
            Assert.NotNull(JsonSerializer.Deserialize(json, type));
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"count": 0}""")]
    public void An_object_that_is_not_a_page_is_refused(string json)
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, WireContext.Default.PageBatchExport));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, WireContext.Default.BatchExport));
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
        var run = JsonSerializer.Deserialize(json, WireContext.Default.BatchExportRun);

        Assert.Equal((9007199254740993L, long.MaxValue), (run!.RecordsCompleted, run.BytesExported));
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

    private static BatchExport Read(string json) => JsonSerializer.Deserialize(json, WireContext.Default.BatchExport)!;

    private static JsonTypeInfo TypeOf(string fixture) =>
        Kinds.Single(kind => fixture.StartsWith(kind.NamePattern, StringComparison.Ordinal)).Type;

    private static void AssertHolds(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields.Where(field => field.Key != "previous"))
                    AssertHolds(value, actual![name], $"{path}/{name}");
                break;
            case JsonArray items:
                Assert.Equal(items.Count, actual!.AsArray().Count);
                foreach (var (item, index) in items.Select((item, index) => (item, index)))
                    AssertHolds(item, actual[index], $"{path}/{index}");
                break;
            case JsonValue text when text.TryGetValue(out DateTimeOffset time):
                Assert.Equal(time, actual!.GetValue<DateTimeOffset>());
                break;
            default:
                Assert.True(
                    JsonNode.DeepEquals(expected, actual),
                    $"{path}: expected {expected?.ToJsonString() ?? "null"}, got {actual?.ToJsonString() ?? "null"}");
                break;
        }
    }

    private static void AssertSameNumber(string expected, string actual) =>
        Assert.Equal(double.Parse(expected, CultureInfo.InvariantCulture), double.Parse(actual, CultureInfo.InvariantCulture));
}
