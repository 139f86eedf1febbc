namespace PSBatchExports.Parameters;

/// <summary>Ids from the pipeline, where null and empty ones count as not given.</summary>
internal static class Ids
{
    /// <summary>The ids that are not empty; null if there are none.</summary>
    public static IReadOnlyList<string>? NonEmpty(string[]? ids)
    {
        var nonEmpty = ids?.Where(id => !string.IsNullOrEmpty(id)).ToArray();
        return nonEmpty is { Length: > 0 } ? nonEmpty : null;
    }
}
