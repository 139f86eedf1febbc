namespace PSBatchExports.Parameters;

/// <summary>Ids as they come from the pipeline, where null and empty ones count as not given.</summary>
internal static class Ids
{
    /// <summary>Those that were given; null where none was.</summary>
    public static IReadOnlyList<string>? Given(string[]? ids) => ids?.Where(id => !string.IsNullOrEmpty(id)).ToArray() is { Length: > 0 } given ? given : null;
}
