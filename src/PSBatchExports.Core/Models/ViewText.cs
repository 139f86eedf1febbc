using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PSBatchExports.Json;
using PSBatchExports.Models;
using PSBatchExports.Text;

namespace PSBatchExports;

/// <summary>
/// The cells of the views in module/PSBatchExports.Format.ps1xml, which ask for them as '{0:Cell}'. They are safe to show on a terminal.
/// </summary>
/// <param name="read">Reads a property of an object by its name; null if it has none. Deserialized objects have properties only.</param>
/// <param name="now">The time that ages are relative to.</param>
public sealed class ViewText(Func<object, string, object?> read, DateTimeOffset now)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A cell of an object of this library.</summary>
    /// <param name="item">The object.</param>
    /// <param name="cell">A property's name, or the name of a cell that says it in another way.</param>
    internal static string Of(object item, string cell) => new ViewText(Read, TimeProvider.System.GetUtcNow()).Format(item, cell);

    /// <summary>A cell of an object; empty if there is nothing to show.</summary>
    /// <param name="item">The object, or what was deserialized of it.</param>
    /// <param name="cell">A property's name, or the name of a cell that says it in another way.</param>
    public string Format(object item, string cell) => cell switch
    {
        "Owner" => Owner(item) ?? "on demand",
        "TestedExport" => Owner(item, idIfNone: "not made yet") ?? "",
        "Source" => Source(item),
        "LastRun" => LastRun(item),
        "LastRunAge" => LastRunAge(item),
        "Outcome" => Outcome(item),
        "Done" => Done(item),
        "Export" => Export(item),
        "Start" or "End" => Minute(Time(item, cell)) ?? "",
        "DataSince" or "DataUntil" or "GapStart" or "NextExpected" => Minute(Time(item, cell)) ?? "",
        "Lag" => read(item, cell) is TimeSpan lag ? ReadableDuration.Format(lag) : "",
        "Problem" when read(item, cell) is IEnumerable problems => OneLine(string.Join("; ", problems.Cast<object>())),
        "Problem" => OneLine(String(item, "LatestError")),
        "EstimatedRecords" or "Records" or "RecordsFound" or "RecordsExpected" => read(item, cell) is { } records ? Count(records) : "",
        _ when cell.StartsWith("Timeline", StringComparison.Ordinal) => Timeline(item, cell),
        "From" when read(item, cell) is string from => OneLine(from),
        "From" => Day(Time(item, "StartAt")) ?? "beginning",
        "Until" => Day(Time(item, "EndAt")) ?? "now",
        "IntervalEnd" => Minute(Time(item, "DataIntervalEnd")) ?? "",
        "Took" => Took(item),
        "Proof" => Proof(read(item, "Proof")),
        "Bytes" => read(item, "Bytes") is { } bytes ? ByteSize.Format(Convert.ToDouble(bytes, CultureInfo.InvariantCulture)) : "",
        "FileCount" => read(item, "Files") is ICollection files ? Count(files.Count) : "",
        "Size" => read(item, "Length") is { } length ? ByteSize.Format(Convert.ToDouble(length, CultureInfo.InvariantCulture)) : "",
        "Plan" => string.Join('\n', ConfigurationPlan.Of(Change(item), OneLine(String(item, "Name")), Fields(item))),
        "Change" => State($"{Change(item)}"),
        "Field" => string.Join('\n', Fields(item).Select(field => OneLine(field.ToString()))),
        "Config" => read(item, "Config") is IDictionary config ? Settings(config) : "",
        _ => Value(cell, read(item, cell)),
    };

    private static object? Read(object item, string name) => item.GetType().GetProperty(name)?.GetValue(item);

    private static string Value(string name, object? value) => (name, value) switch
    {
        (_, null) => "",
        ("Status" or "Level" or "Kind" or "State" or "Verdict", string state) => State(state),
        ("Message" or "Description" or "HogQLQuery" or "LatestError", string text) => DisplayText.Harmless(text),
        (_, string text) => OneLine(text),
        (_, DateTimeOffset time) => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture),
        ("Filters" or "HogQLModifiers" or "Schema" or "AdditionalProperties", _) => value is ICollection { Count: 0 } ? "" : Json(value),
        (_, IEnumerable items) => OneLine(string.Join(", ", items.Cast<object>())),
        _ => OneLine(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };

    private static string State(string state) => StateColor.Apply(OneLine(state), state);

    private static string Count(object records) =>
        Convert.ToInt64(records, CultureInfo.InvariantCulture).ToString("N0", CultureInfo.InvariantCulture);

    // The number of columns follows the name of the cell. What was deserialized has no picture.
    private static string Timeline(object item, string cell)
    {
        _ = int.TryParse(cell["Timeline".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var width);
        return item is BatchExportCoverage { Timeline: { } timeline } ? CoveragePicture.Draw(timeline, width) : "";
    }

    private static string OneLine(string? text) => text is null ? "" : DisplayText.OneLine(text);

    private string? String(object item, string name) =>
        read(item, name) is { } value ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    private DateTimeOffset? Time(object item, string name) => read(item, name) as DateTimeOffset?;

    private string? Owner(object item, string idIfNone = "")
    {
        var id = String(item, "BatchExportId");
        if (String(item, "BatchExportName") is { } name)
            return OneLine($"{name} ({id ?? idIfNone})");

        return id is null ? null : OneLine(id);
    }

    private string Export(object item) => OneLine($"{String(item, "Name") ?? String(item, "BatchExportId")}");

    private string Source(object item)
    {
        var run = String(item, "RunId") is { } id ? OneLine($"run {id}") : null;
        return string.Join(", ", new[] { Owner(item), run }.OfType<string>());
    }

    private string LastRun(object item)
    {
        var status = read(item, "LastRun") is { } run ? String(run, "Status") : null;
        return StateColor.Apply(OneLine(status), status);
    }

    private string LastRunAge(object item)
    {
        if (read(item, "LastRun") is not { } run || String(run, "Status") is not { } status)
            return "";

        var text = RunStatus.IsActive(status) ? status.ToLowerInvariant()
            : Time(item, "LastRunAt") is { } at ? RelativeTime.Format(at, now)
            : OneLine(status);
        return StateColor.Apply(text, status);
    }

    private string Outcome(object item)
    {
        var at = Time(item, "FinishedAt") ?? Time(item, "CreatedAt") ?? Time(item, "LastUpdatedAt");
        var age = at is { } time && read(item, "LatestError") is null ? RelativeTime.Format(time, now) : null;
        return OneLine(string.Join(", ", new[] { String(item, "Result"), age }.OfType<string>()));
    }

    private string Done(object item)
    {
        if (read(item, "Progress") is not { } progress)
            return "";

        return read(progress, "TotalRuns") is { } total
            ? OneLine($"{read(progress, "FinishedRuns") ?? 0}/{total}")
            : OneLine(progress.ToString());
    }

    private string Took(object item) => read(item, "WasPresent") is true ? "present"
        : read(item, "Duration") is TimeSpan duration ? ReadableDuration.Format(duration)
        : "";

    // Deserialized as a number or a name.
    private ConfigurationChange Change(object item) =>
        Enum.TryParse<ConfigurationChange>(String(item, "Change"), out var change) ? change : ConfigurationChange.Equal;

    private IEnumerable<BatchExportConfigurationField> Fields(object item) =>
        from field in (read(item, "Field") as IEnumerable ?? Array.Empty<object>()).Cast<object>()
        select new BatchExportConfigurationField(String(field, "Path") ?? "", read(field, "Current"), read(field, "Desired"));

    // Deserialized as a number or a name.
    private static string Proof(object? proof)
    {
        if (!Enum.TryParse<FileProof>(Convert.ToString(proof, CultureInfo.InvariantCulture), out var known))
            return "";

        return known switch
        {
            FileProof.Bytes => "every byte",
            FileProof.Rows => "all rows",
            _ => "length",
        };
    }

    private static string? Minute(DateTimeOffset? time) => time?.UtcDateTime is not { } utc
        ? null
        : utc.ToString(utc.Second == 0 ? "yyyy-MM-dd HH:mm'Z'" : "yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string? Day(DateTimeOffset? time) => time?.UtcDateTime is { TimeOfDay.Ticks: < TimeSpan.TicksPerSecond } utc
        ? utc.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : Minute(time);

    private static string Settings(IDictionary config)
    {
        var settings = new List<string>();
        foreach (DictionaryEntry entry in config)
        {
            if (entry.Value is not null)
                settings.Add($"{entry.Key} = {Setting(entry.Value)}");
        }

        return OneLine(string.Join(", ", settings));
    }

    private static string? Setting(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        IDictionary nested => Json(nested),
        string text => text,
        IEnumerable items => string.Join(' ', items.Cast<object>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static string Json(object value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Readable))
            PlainJson.Write(writer, WithoutSecrets(value));

        return OneLine(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static object? WithoutSecrets(object? value)
    {
        if (value is not IDictionary dictionary)
            return value is IEnumerable items and not string ? items.Cast<object?>().Select(WithoutSecrets).ToArray() : Shown(value);

        var plain = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in dictionary)
            plain[$"{entry.Key}"] = WithoutSecrets(entry.Value);

        return plain;
    }

    // A secret shows its marker; so does any other object that JSON has no form for.
    private static object? Shown(object? value) => value switch
    {
        null or string or bool or IConvertible or DateTimeOffset => value,
        _ => value.ToString(),
    };
}
