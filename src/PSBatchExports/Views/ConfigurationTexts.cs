namespace PSBatchExports.Views;

/// <summary>What is asked before a configuration is applied.</summary>
internal static class ConfigurationTexts
{
    private const int MaxFields = 8;

    /// <summary>"Update interval: 'hour' -> 'day'".</summary>
    /// <param name="difference">The difference.</param>
    /// <param name="removals">How many exports are to be removed in all.</param>
    public static string Action(BatchExportConfigurationDifference difference, int removals) => difference.Change switch
    {
        ConfigurationChange.Create => $"Create batch export from '{difference.File}'",
        ConfigurationChange.Remove => removals == 1
            ? "Remove batch export without a file, with its runs, logs and backfills"
            : FormattableString.Invariant($"Remove batch export, one of {removals} without a file, with its runs, logs and backfills"),
        ConfigurationChange.Replace =>
            $"Delete batch export with its runs, logs and backfills, and create another ({Fields(difference)})",
        _ => $"Update {Fields(difference)}",
    };

    private static string Fields(BatchExportConfigurationDifference difference)
    {
        var more = difference.Field.Count - MaxFields;
        var fields = string.Join(", ", difference.Field.Take(MaxFields));
        return more > 0 ? FormattableString.Invariant($"{fields} and {more} more") : fields;
    }
}
