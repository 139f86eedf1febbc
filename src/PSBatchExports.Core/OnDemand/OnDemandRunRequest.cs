using System.Text.Json;
using PSBatchExports.Json;

namespace PSBatchExports;

/// <summary>The data and the format of an on-demand run (docs/wire.md, section 13).</summary>
public sealed record OnDemandRunRequest
{
    /// <summary>events, persons, sessions or hogql.</summary>
    public required string Model { get; init; }

    /// <summary>Start of the data, inclusive; null only for hogql.</summary>
    public DateTimeOffset? DataIntervalStart { get; init; }

    /// <summary>End of the data, exclusive, at most seven days later; null only for hogql.</summary>
    public DateTimeOffset? DataIntervalEnd { get; init; }

    /// <summary>Parquet or JSONLines; null for the server's default, Parquet.</summary>
    public string? Format { get; init; }

    /// <summary>zstd, gzip, brotli, lz4 or snappy; null for none.</summary>
    public string? Compression { get; init; }

    /// <summary>
    /// The approximate maximum size of a file, in MiB (2^20 bytes); 0 for a single file of any size; null for the server's default.
    /// </summary>
    public int? MaxFileSizeMB { get; init; }

    /// <summary>The events to export; null for all.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>The events to leave out; null for none.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>The HogQL query; null for other models.</summary>
    public string? HogQLQuery { get; init; }

    /// <summary>The query's modifiers, as plain values; null for none.</summary>
    public object? HogQLModifiers { get; init; }

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("file");
        Put(writer, "format", Format);
        Put(writer, "compression", Compression);
        Put(writer, "max_size_mb", MaxFileSizeMB);
        writer.WriteEndObject();
        Put(writer, "include", Include);
        Put(writer, "exclude", Exclude);
        WriteData(writer);
        writer.WriteEndObject();
    }

    internal void WriteQuery(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteData(writer);
        writer.WriteEndObject();
    }

    private void WriteData(Utf8JsonWriter writer)
    {
        Put(writer, "model", Model);
        Put(writer, "data_interval_start", DataIntervalStart);
        Put(writer, "data_interval_end", DataIntervalEnd);
        Put(writer, "hogql_query", HogQLQuery);
        Put(writer, "hogql_modifiers", HogQLModifiers);
    }

    private static void Put(Utf8JsonWriter writer, string name, object? value)
    {
        if (value is null)
            return;

        writer.WritePropertyName(name);
        PlainJson.Write(writer, value);
    }
}
