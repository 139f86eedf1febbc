namespace PSBatchExports.Errors;

/// <summary>The remedy for a value that the service rejected: the known values of the field.</summary>
internal static class ChoiceAdvice
{
    /// <summary>A sentence that lists the values; null if none are known.</summary>
    /// <param name="attribute">The attribute in the error response, such as destination__config__region; null for none.</param>
    public static string? For(string? attribute) => attribute?.Split("__") switch
    {
        ["timezone"] => "Give an IANA name, such as Europe/Berlin; Tab completes them.",
        [.., "model"] => List(KnownValues.Models),
        [.., "interval"] => List(KnownValues.Intervals),
        ["status", ..] => List(RunStatus.All),
        ["level", ..] => List(KnownValues.LogLevels),
        ["incremental_mode"] => List(KnownValues.IncrementalModes),
        ["file", "format"] => List(FileFormats.Formats),
        ["file", "compression"] => Compressions(),
        ["destination", "type"] => List(DestinationType.All.Select(type => type.Name)),
        ["destination", "config", var key] => ConfigValues(key),
        _ => null,
    };

    private static string List(IEnumerable<string> values) => $"Choose from: {string.Join(", ", values)}.";

    private static string Compressions()
    {
        var byFormat = FileFormats.Formats.Select(format => $"{string.Join(", ", FileFormats.CompressionsFor(format)!)} for {format}");
        return $"Choose from: {string.Join("; ", byFormat)}; or leave it out for none.";
    }

    private static string? ConfigValues(string key)
    {
        var values = DestinationType.All
            .SelectMany(type => type.Keys)
            .Where(known => known.Name == key)
            .SelectMany(known => known.Values ?? [])
            .Distinct()
            .ToArray();
        return values.Length > 0 ? List(values) : null;
    }
}
