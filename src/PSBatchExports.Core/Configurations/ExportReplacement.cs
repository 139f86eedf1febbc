namespace PSBatchExports.Configurations;

/// <summary>
/// Replaces an export by a new one. The new one is made paused and under another name; then the old one is deleted; then the new one gets
/// its name and starts. So one of the two is always there, and what was cut off can be finished.
/// </summary>
internal sealed class ExportReplacement(ExportsClient exports, ExportCreation creation, IntegrationCatalog integrations)
{
    /// <summary>The name of the new export until the old one is deleted.</summary>
    public static string NameOf(string name) => $"{name} (replacement)";

    public async Task<BatchExport> RunAsync(DesiredConfiguration desired, BatchExport old, CancellationToken cancellationToken)
    {
        var name = NameOf(desired.Name);
        var temporary = desired with { Name = name, Values = With(desired.Values, (ConfigurationKey.ExportName, name), (ConfigurationKey.Paused, true)) };
        var made = await creation.FindOrCreateAsync(temporary, cancellationToken);
        await exports.DeleteAsync(old.Id!, cancellationToken);
        return await ExportUpdate.ApplyAsync(exports, made, Started(desired), integrations, cancellationToken);
    }

    /// <summary>The configuration of the new export once the old one is deleted: it runs, unless the file pauses it.</summary>
    public static DesiredConfiguration Started(DesiredConfiguration desired) => desired.Values.ContainsKey(ConfigurationKey.Paused)
        ? desired
        : desired with { Values = With(desired.Values, (ConfigurationKey.Paused, false)) };

    private static Dictionary<string, object?> With(Dictionary<string, object?> values, params (string Key, object? Value)[] others)
    {
        var copy = new Dictionary<string, object?>(values, StringComparer.Ordinal);
        foreach (var (key, value) in others)
            copy[key] = value;

        return copy;
    }
}
