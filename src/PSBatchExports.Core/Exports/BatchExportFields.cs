using System.Text.Json;
using PSBatchExports.Json;

namespace PSBatchExports;

/// <summary>The writable fields of an export (docs/wire.md, section 6). Only given fields are sent.</summary>
public sealed record BatchExportFields
{
    /// <summary>The name; required to create.</summary>
    public Optional<string?> Name { get; init; }

    /// <summary>The model: events, persons, sessions or hogql. It cannot be changed later.</summary>
    public Optional<string?> Model { get; init; }

    /// <summary>
    /// The destination; required to create. An update merges its config into the stored one, so secrets that are not sent stay.
    /// </summary>
    public Optional<BatchExportDestination?> Destination { get; init; }

    /// <summary>The interval; required to create: hour, day, week, "every 15 minutes" or "every 5 minutes".</summary>
    public Optional<string?> Interval { get; init; }

    /// <summary>Whether the schedule is paused.</summary>
    public Optional<bool> Paused { get; init; }

    /// <summary>No runs before this time; null for no bound.</summary>
    public Optional<DateTimeOffset?> StartAt { get; init; }

    /// <summary>No runs after this time; null for no bound.</summary>
    public Optional<DateTimeOffset?> EndAt { get; init; }

    /// <summary>The IANA name of the time zone; null for UTC.</summary>
    public Optional<string?> TimeZone { get; init; }

    /// <summary>The first day of the week; for weekly exports only.</summary>
    public Optional<DayOfWeek?> OffsetDay { get; init; }

    /// <summary>The first hour of the day, 0 to 23; for daily and weekly exports only.</summary>
    public Optional<int?> OffsetHour { get; init; }

    /// <summary>The property filters, as plain values; null for none.</summary>
    public Optional<IReadOnlyList<object?>?> Filters { get; init; }

    /// <summary>The query of the hogql model.</summary>
    public Optional<string?> HogQLQuery { get; init; }

    /// <summary>The query's modifiers, as plain values.</summary>
    public Optional<object?> HogQLModifiers { get; init; }

    /// <summary>The key columns of the hogql model.</summary>
    public Optional<IReadOnlyList<string>?> PrimaryKey { get; init; }

    /// <summary>The version columns of the hogql model.</summary>
    public Optional<IReadOnlyList<string>?> VersionKey { get; init; }

    /// <summary>APPEND or MERGE.</summary>
    public Optional<string?> IncrementalMode { get; init; }

    internal void Write(Utf8JsonWriter writer) => Write(writer, step: null);

    /// <param name="writer">The writer.</param>
    /// <param name="step">The check to run; null for none.</param>
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
        Put(writer, "destination", Destination);
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
