using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PSBatchExports.Http.Pagination;
using PSBatchExports.Json;
using PSBatchExports.Text;

namespace PSBatchExports.Models;

/// <summary>
/// The cells of the views in module/PSBatchExports.Format.ps1xml, which ask for them as '{0:Cell}' -f $_. A format operator works in constrained
/// language mode, and leaves nothing on the object that would be offered, listed or serialized.
/// </summary>
internal static class ViewText
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A cell of an object: a property's name, or the name of a cell that says it in another way.</summary>
    /// <param name="item">A model.</param>
    /// <param name="cell">The name of the cell.</param>
    /// <param name="now">The time that ages are relative to.</param>
    /// <exception cref="FormatException">The object has no such cell.</exception>
    public static string Format(object item, string cell, DateTimeOffset now) => (item, cell) switch
    {
        (BatchExport export, "LastRun") => StateColor.Apply(OneLine(export.LastRun?.Status), export.LastRun?.Status),
        (BatchExport export, "LastRunAge") => LastRunAge(export, now),
        (BatchExportRun run, "Owner") => Owner(run.BatchExportName, run.BatchExportId) ?? "on demand",
        (BatchExportRun run, "Outcome") => Outcome(run, now),
        (BatchExportBackfill backfill, "Owner") => Owner(backfill.BatchExportName, backfill.BatchExportId) ?? "",
        (BatchExportBackfill backfill, "Done") => Done(backfill.Progress),
        (BatchExportBackfill backfill, "From") => Day(backfill.StartAt) ?? "beginning",
        (BatchExportBackfill backfill, "Until") => Day(backfill.EndAt) ?? "now",
        (BatchExportRun run, "IntervalEnd") => Minute(run.DataIntervalEnd) ?? "",
        (DestinationTestResult test, "Owner") => Owner(test.BatchExportName, test.BatchExportId ?? "not made yet") ?? "",
        (BatchExportLogEntry entry, "Source") => Source(entry),
        (SavedBatchExportFile file, "Took") => file.WasPresent ? "present" : ReadableDuration.Format(file.Duration),
        (SavedBatchExportFile file, "Proof") => Proof(file.Proof),
        (BatchExportFile file, "Size") => file.Length is { } length ? ByteSize.Format(length) : "",
        (SavedBatchExportFile file, "Size") => ByteSize.Format(file.Length),
        (BatchExportDestination destination, "Config") => Settings(destination.Config),
        _ => Property(item, cell),
    };

    private static string Property(object item, string name)
    {
        var property = item.GetType().GetProperty(name) ?? throw new FormatException($"A {item.GetType().Name} has no cell named '{name}'.");
        return (name, property.GetValue(item)) switch
        {
            (_, null) => "",
            ("Status" or "Level", string state) => StateColor.Apply(OneLine(state), state),
            ("Message" or "Description" or "HogQLQuery" or "LatestError", string text) => DisplayText.Harmless(text),
            (_, string text) => OneLine(text),
            (_, DateTimeOffset time) => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture),
            (_, BatchExportDestination destination) => OneLine(destination.ToString()),
            ("Filters" or "HogQLModifiers" or "Schema" or "AdditionalProperties", var value) => value is ICollection { Count: 0 } ? "" : Json(value),
            (_, IEnumerable items) => OneLine(string.Join(", ", items.Cast<object>())),
            (_, var value) => OneLine(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
        };
    }

    private static string OneLine(string? text) => text is null ? "" : DisplayText.OneLine(text);

    private static string? Owner(string? name, string? id) => (name, id) switch
    {
        (not null, _) => OneLine($"{name} ({id})"),
        (null, not null) => OneLine(id),
        _ => null,
    };

    private static string Source(BatchExportLogEntry entry)
    {
        var run = entry.RunId is { } id ? OneLine($"run {id}") : null;
        return string.Join(", ", new[] { Owner(entry.BatchExportName, entry.BatchExportId), run }.OfType<string>());
    }

    private static string LastRunAge(BatchExport export, DateTimeOffset now)
    {
        if (export.LastRun is not { } run)
            return "";

        var text = RunStatus.IsActive(run.Status) ? run.Status!.ToLowerInvariant()
            : export.LastRunAt is { } at ? RelativeTime.Format(at, now)
            : OneLine(run.Status);
        return StateColor.Apply(text, run.Status);
    }

    private static string Outcome(BatchExportRun run, DateTimeOffset now)
    {
        var age = run.LatestError is null && (run.FinishedAt ?? run.CreatedAt ?? run.LastUpdatedAt) is { } at
            ? RelativeTime.Format(at, now)
            : null;
        return OneLine(string.Join(", ", new[] { run.Result, age }.OfType<string>()));
    }

    private static string Done(BatchExportBackfillProgress? progress) => progress is { TotalRuns: { } total }
        ? FormattableString.Invariant($"{progress.FinishedRuns ?? 0}/{total}")
        : progress?.ToString() ?? "";

    private static string Proof(FileProof proof) => proof switch
    {
        FileProof.Bytes => "every byte",
        FileProof.Rows => "all rows",
        _ => "length",
    };

    private static string? Minute(DateTimeOffset? time) => time?.UtcDateTime is not { } utc
        ? null
        : utc.ToString(utc.Second == 0 ? "yyyy-MM-dd HH:mm'Z'" : "yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string? Day(DateTimeOffset? time) => time?.UtcDateTime is { TimeOfDay.Ticks: < TimeSpan.TicksPerSecond } utc
        ? utc.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : Minute(time);

    private static string Settings(IDictionary config)
    {
        var settings = config.Cast<DictionaryEntry>().Where(entry => entry.Value is not null).Select(entry => $"{entry.Key} = {Setting(entry.Value)}");
        return OneLine(string.Join(", ", settings));
    }

    private static string? Setting(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        IDictionary nested => Json(nested),
        string text => text,
        IEnumerable items => string.Join(' ', items.Cast<object>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static string Json(object? value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Readable))
            PlainJson.Write(writer, WithoutSecrets(value));

        return OneLine(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static object? WithoutSecrets(object? value) => value switch
    {
        DestinationSecret => DestinationSecret.Marker,
        IDictionary dictionary => dictionary.Cast<DictionaryEntry>().ToDictionary(entry => $"{entry.Key}", entry => WithoutSecrets(entry.Value), StringComparer.Ordinal),
        string text => text,
        IEnumerable items => items.Cast<object?>().Select(WithoutSecrets).ToArray(),
        _ => value,
    };
}
