using PSBatchExports.Completers;
using PSBatchExports.Http.Pagination;

namespace PSBatchExports.Parameters;

/// <summary>The values that this module knows: for Tab, and to help whoever mistyped one. The service's sets are open, so nothing is refused for them.</summary>
internal static class Choices
{
    public static IReadOnlyList<string> Models { get; } = ["events", "persons", "sessions", "hogql"];

    public static IReadOnlyList<string> Intervals { get; } = ["hour", "day", "week", "every 15 minutes", "every 5 minutes"];

    public static IReadOnlyList<string> LogLevels { get; } = ["DEBUG", "INFO", "WARNING", "ERROR"];

    public static IReadOnlyList<string> IncrementalModes { get; } = ["APPEND", "MERGE"];

    /// <summary>What to give where the service refused a field's value, in a sentence; null where this module knows no choices.</summary>
    /// <param name="attribute">The field of the wire, such as destination__config__region; null for none.</param>
    public static string? Advice(string? attribute) => attribute?.Split("__") switch
    {
        ["timezone"] => "Give an IANA name, such as Europe/Berlin; Tab completes them.",
        [.., "model"] => List(Models),
        [.., "interval"] => List(Intervals),
        ["status", ..] => List(RunStatus.All),
        ["level", ..] => List(LogLevels),
        ["incremental_mode"] => List(IncrementalModes),
        ["file", "format"] => List(FileFormats.Formats),
        ["file", "compression"] => $"Choose from: {string.Join("; ", FileFormats.Formats.Select(format => $"{string.Join(", ", CompressionCompleter.ThatGoWith(format))} for {format}"))}; or leave it out for none.",
        ["destination", "type"] => List(DestinationType.All.Select(type => type.Name)),
        ["destination", "config", var key] => DestinationType.All.SelectMany(type => type.Keys).Where(known => known.Name == key).SelectMany(known => known.Values ?? []).Distinct().ToArray() is { Length: > 0 } values ? List(values) : null,
        _ => null,
    };

    private static string List(IEnumerable<string> values) => $"Choose from: {string.Join(", ", values)}.";
}
