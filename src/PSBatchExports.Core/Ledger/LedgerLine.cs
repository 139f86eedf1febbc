using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using PSBatchExports.Json;

namespace PSBatchExports.Ledger;

/// <summary>A line of a ledger: what happened to a window, or with which settings its windows are exported.</summary>
internal sealed record LedgerLine
{
    /// <summary>The version of the format that is written.</summary>
    public const int CurrentVersion = 1;

    /// <summary>One of <see cref="LedgerEvents"/>.</summary>
    public required string Event { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Model { get; init; }

    /// <summary>The version of the format; on lines with settings only.</summary>
    public int? Version { get; init; }

    public LedgerSettings? Settings { get; init; }

    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    /// <summary>The length of each planned window in seconds. The last one may be shorter.</summary>
    public double? Every { get; init; }

    /// <summary>The newest run that was known before a request to start another was sent.</summary>
    public string? After { get; init; }

    public string? Run { get; init; }

    public long? Records { get; init; }

    public string? Folder { get; init; }

    public IReadOnlyList<LedgerFile>? Files { get; init; }

    public string? Error { get; init; }

    /// <summary>Where a window was split in two.</summary>
    public DateTimeOffset? Middle { get; init; }

    /// <summary>The line as JSON, with its line feed.</summary>
    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, LedgerJson.Default.LedgerLine), (byte)'\n'];
}

/// <summary>What a line says.</summary>
internal static class LedgerEvents
{
    public const string Settings = "settings";
    public const string Planned = "planned";

    /// <summary>A request to start a run is about to be sent.</summary>
    public const string Intent = "intent";

    /// <summary>The request started nothing.</summary>
    public const string Withdrawn = "withdrawn";

    public const string Started = "started";
    public const string Completed = "completed";
    public const string Saved = "saved";
    public const string Failed = "failed";
    public const string Split = "split";
}

/// <summary>How all windows of a model are exported. Windows of other settings would not belong to the same data.</summary>
internal sealed record LedgerSettings
{
    public required string Host { get; init; }

    public required string Project { get; init; }

    /// <summary>Null for the service's default.</summary>
    public string? Format { get; init; }

    public string? Compression { get; init; }

    public int? MaximumFileSizeMB { get; init; }

    public IReadOnlyList<string>? Include { get; init; }

    public IReadOnlyList<string>? Exclude { get; init; }

    public string? Query { get; init; }

    public JsonElement? Modifiers { get; init; }

    /// <summary>A query's modifiers as JSON, in the order of their names; null for none.</summary>
    public static JsonElement? ToJson(object? modifiers)
    {
        if (modifiers is null)
            return null;

        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            PlainJson.Write(writer, modifiers is IDictionary unordered ? Sorted(unordered) : modifiers);

        using var document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.Clone();
    }

    /// <summary>The names of settings that differ, with both values.</summary>
    public IEnumerable<string> DifferencesFrom(LedgerSettings other)
    {
        var (mine, theirs) = (Values(), other.Values());
        return mine.Where(pair => theirs[pair.Key] != pair.Value).Select(pair => $"{pair.Key} was {pair.Value}, and is {theirs[pair.Key]}");
    }

    private static SortedDictionary<string, object?> Sorted(IDictionary unordered)
    {
        var sorted = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in unordered)
            sorted[Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!] = entry.Value;

        return sorted;
    }

    private Dictionary<string, string> Values()
    {
        var json = JsonSerializer.SerializeToElement(this, LedgerJson.WithNulls().LedgerSettings);
        return json.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetRawText());
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(LedgerLine))]
[JsonSerializable(typeof(LedgerSettings))]
internal sealed partial class LedgerJson : JsonSerializerContext
{
    /// <summary>Writes nulls as well.</summary>
    public static LedgerJson WithNulls() => new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase });
}
