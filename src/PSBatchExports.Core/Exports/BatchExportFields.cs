using System.Text.Json;
using PSBatchExports.Json;
using PSBatchExports.Wire;

namespace PSBatchExports;

/// <summary>The fields of an export that can be written (docs/wire.md, section 6). Only those that were given are sent.</summary>
public sealed record BatchExportFields
{
    /// <summary>Name; required to create.</summary>
    public Optional<string?> Name { get; init; }

    /// <summary>Model; cannot change once made.</summary>
    public Optional<string?> Model { get; init; }

    /// <summary>Destination; required to create. In an update its config is merged into the stored one, so secrets that are not sent stay.</summary>
    public Optional<BatchExportDestination?> Destination { get; init; }

    /// <summary>Interval; required to create.</summary>
    public Optional<string?> Interval { get; init; }

    /// <summary>Whether it starts paused.</summary>
    public Optional<bool> Paused { get; init; }

    /// <summary>No runs before; null for no bound.</summary>
    public Optional<DateTimeOffset?> StartAt { get; init; }

    /// <summary>No runs after; null for no bound.</summary>
    public Optional<DateTimeOffset?> EndAt { get; init; }

    /// <summary>IANA zone; null for UTC.</summary>
    public Optional<string?> TimeZone { get; init; }

    /// <summary>First day of the week; for weekly exports only.</summary>
    public Optional<DayOfWeek?> OffsetDay { get; init; }

    /// <summary>First hour of the day, 0 to 23; for daily and weekly exports only.</summary>
    public Optional<int?> OffsetHour { get; init; }

    /// <summary>Property filters as plain values; null for none.</summary>
    public Optional<IReadOnlyList<object?>?> Filters { get; init; }

    /// <summary>Query of the hogql model.</summary>
    public Optional<string?> HogQLQuery { get; init; }

    /// <summary>Query modifiers as plain values.</summary>
    public Optional<object?> HogQLModifiers { get; init; }

    /// <summary>Key columns.</summary>
    public Optional<IReadOnlyList<string>?> PrimaryKey { get; init; }

    /// <summary>Version columns.</summary>
    public Optional<IReadOnlyList<string>?> VersionKey { get; init; }

    /// <summary>APPEND or MERGE.</summary>
    public Optional<string?> IncrementalMode { get; init; }

    internal void Write(Utf8JsonWriter writer) => Write(writer, step: null);

    /// <param name="writer">Where to.</param>
    /// <param name="step">The check to run; null where none is.</param>
    internal void Write(Utf8JsonWriter writer, int? step)
    {
        writer.WriteStartObject();
        WriteFields(writer);
        if (step is { } number)
            writer.WriteNumber("step", number);

        writer.WriteEndObject();
    }

    private void WriteFields(Utf8JsonWriter writer)
    {
        Put(writer, "name", Name);
        Put(writer, "model", Model);
        if (Destination.HasValue)
        {
            writer.WritePropertyName("destination");
            if (Destination.Value is { } destination)
                JsonSerializer.Serialize(writer, destination, WireContext.Default.BatchExportDestination);
            else
                writer.WriteNullValue();
        }

        Put(writer, "interval", Interval);
        Put(writer, "paused", Paused);
        Put(writer, "start_at", StartAt);
        Put(writer, "end_at", EndAt);
        Put(writer, "hogql_query", HogQLQuery);
        Put(writer, "hogql_modifiers", HogQLModifiers);
        Put(writer, "primary_key", PrimaryKey);
        Put(writer, "version_key", VersionKey);
        Put(writer, "incremental_mode", IncrementalMode);
        Put(writer, "filters", Filters);
        Put(writer, "timezone", TimeZone);
        if (OffsetDay.HasValue)
            Put(writer, "offset_day", new Optional<int?>((int?)OffsetDay.Value));

        Put(writer, "offset_hour", OffsetHour);
    }

    private static void Put<T>(Utf8JsonWriter writer, string name, Optional<T> field)
    {
        if (!field.HasValue)
            return;

        writer.WritePropertyName(name);
        PlainJson.Write(writer, field.Value);
    }
}
