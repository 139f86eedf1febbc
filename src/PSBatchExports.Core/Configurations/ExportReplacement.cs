namespace PSBatchExports.Configurations;

/// <summary>
/// Replaces an export by a new one. The new one is made paused and under another name; then the old one is deleted; then the new one gets
/// its name and starts, unless the file or somebody had paused the old one. So one of the two is always there, and what was cut off can be
/// finished.
/// </summary>
internal sealed class ExportReplacement(ExportsClient exports, ExportCreation creation, IntegrationCatalog integrations)
{
    /// <summary>The name of the new export until the old one is deleted.</summary>
    public static string NameOf(string name) => $"{name} (replacement)";

    /// <summary>Whether an export is the new one of a replacement that was cut off.</summary>
    public static bool IsUnfinished(BatchExport export, DesiredConfiguration desired) => export.Name == NameOf(desired.Name);

    public async Task<BatchExport> RunAsync(DesiredConfiguration desired, BatchExport old, CancellationToken cancellationToken)
    {
        var paused = Paused(desired);
        if (old.Paused && !desired.Values.ContainsKey(ConfigurationKey.Paused))
            desired = paused;

        paused = Named(NameOf(desired.Name), paused);
        var made = await creation.FindOrCreateAsync(paused, integrations, cancellationToken);
        await exports.DeleteAsync(old.Id!, cancellationToken);
        return await FinishAsync(desired, made, cancellationToken);
    }

    /// <summary>Starts the new export and then names it: its name alone tells that it is still to be started.</summary>
    public async Task<BatchExport> FinishAsync(DesiredConfiguration desired, BatchExport made, CancellationToken cancellationToken)
    {
        var started = Started(desired);
        made = await ExportUpdate.ApplyAsync(exports, made, Named(NameOf(desired.Name), started), integrations, cancellationToken);
        return await ExportUpdate.ApplyAsync(exports, made, started, integrations, cancellationToken);
    }

    /// <summary>The configuration of the new export if nothing tells whether the old one ran: it runs, unless the file pauses it.</summary>
    public static DesiredConfiguration Started(DesiredConfiguration desired) => desired.Values.ContainsKey(ConfigurationKey.Paused)
        ? desired
        : desired with { Values = With(desired.Values, ConfigurationKey.Paused, false) };

    private static DesiredConfiguration Paused(DesiredConfiguration desired) =>
        desired with { Values = With(desired.Values, ConfigurationKey.Paused, true) };

    private static DesiredConfiguration Named(string name, DesiredConfiguration desired) =>
        desired with { Name = name, Values = With(desired.Values, ConfigurationKey.ExportName, name) };

    private static Dictionary<string, object?> With(Dictionary<string, object?> values, string key, object? value) =>
        new(values, StringComparer.Ordinal) { [key] = value };
}
