using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using PSBatchExports.Json;

namespace PSBatchExports.Core.Tests;

/// <summary>Converts between JSON on the wire and the client's objects.</summary>
internal static class Wire
{
    /// <summary>The fields that are sent as this JSON.</summary>
    public static BatchExportFields Fields(JsonObject json) => new()
    {
        Name = Text(json, "name"),
        Model = Text(json, "model"),
        Destination = json.TryGetPropertyValue("destination", out var destination)
            ? Destination(destination!.AsObject())
            : default(Optional<BatchExportDestination?>),
        Interval = Text(json, "interval"),
        Paused = Value(json, "paused", value => (bool)value!),
        StartAt = Value(json, "start_at", Time),
        EndAt = Value(json, "end_at", Time),
        TimeZone = Text(json, "timezone"),
        OffsetDay = Value(json, "offset_day", value => (DayOfWeek?)(int?)(long?)value),
        OffsetHour = Value(json, "offset_hour", value => (int?)(long?)value),
        Filters = Value(json, "filters", value => (IReadOnlyList<object?>?)value),
        HogQLQuery = Text(json, "hogql_query"),
        HogQLModifiers = Value(json, "hogql_modifiers", value => value),
        PrimaryKey = Value(json, "primary_key", Texts),
        VersionKey = Value(json, "version_key", Texts),
        IncrementalMode = Text(json, "incremental_mode"),
    };

    public static BatchExportDestination Destination(JsonObject json) => BatchExportDestination.Create(
        Text(json, "type").Or(null),
        (System.Collections.IDictionary)Plain(json["config"])!,
        Value(json, "integration", value => (int?)(long?)value));

    public static OnDemandRunRequest Run(JsonObject json)
    {
        var file = json["file"]!.AsObject();
        return new()
        {
            Model = Text(json, "model").Value!,
            Format = Text(file, "format").Or(null),
            Compression = Text(file, "compression").Or(null),
            MaxFileSizeMB = Value(file, "max_size_mb", value => (int?)(long)(value ?? 0L)).Or(null),
            Include = Value(json, "include", Texts).Or(null),
            Exclude = Value(json, "exclude", Texts).Or(null),
            DataIntervalStart = Value(json, "data_interval_start", Time).Or(null),
            DataIntervalEnd = Value(json, "data_interval_end", Time).Or(null),
            HogQLQuery = Text(json, "hogql_query").Or(null),
            HogQLModifiers = Value(json, "hogql_modifiers", value => value).Or(null),
        };
    }

    public static string Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            write(writer);

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    public static void AssertSame(string expected, string actual) =>
        Xunit.Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"Expected {expected}\nbut got  {actual}");

    private static object? Plain(JsonNode? node) => PlainJson.From(JsonSerializer.SerializeToElement(node));

    private static Optional<string?> Text(JsonObject json, string name) => Value(json, name, value => (string?)value);

    private static Optional<T> Value<T>(JsonObject json, string name, Func<object?, T> convert) =>
        json.TryGetPropertyValue(name, out var value) ? new Optional<T>(convert(Plain(value))) : default;

    private static DateTimeOffset? Time(object? value) =>
        value is string text ? DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null;

    private static IReadOnlyList<string>? Texts(object? value) => (value as object?[])?.Cast<string>().ToArray();
}
