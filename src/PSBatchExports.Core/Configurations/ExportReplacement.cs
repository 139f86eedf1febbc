namespace PSBatchExports.Configurations;

/// <summary>
/// Replaces an export by a new one. The new one is made paused and under another name; then the old one is deleted; then the new one gets
/// its name and starts, unless the file or somebody had paused the old one. So one of the two is always there, and what was cut off can be
/// finished: the other name tells whether the new one is to start.
/// </summary>
internal sealed class ExportReplacement(ExportsClient exports, ExportCreation creation, IntegrationCatalog integrations)
{
    /// <summary>The names that the new export may have until the old one is deleted.</summary>
    public static IReadOnlyList<string> NamesOf(string name) => [NameOf(name, staysPaused: false), NameOf(name, staysPaused: true)];

    /// <summary>Whether an export is the new one of a replacement that was cut off.</summary>
    public static bool IsUnfinished(BatchExport export, DesiredConfiguration desired) =>
        NamesOf(desired.Name).Contains(export.Name, StringComparer.Ordinal);

    public async Task<BatchExport> RunAsync(DesiredConfiguration desired, BatchExport old, CancellationToken cancellationToken)
    {
        desired = Finished(desired, old.Paused);
        var temporary = NameOf(desired.Name, staysPaused: desired.Values[ConfigurationKey.Paused] is true);
        var paused = Named(temporary, With(desired, ConfigurationKey.Paused, true));
        var made = await creation.FindOrCreateAsync(paused, NamesOf(desired.Name), integrations, cancellationToken);
        await exports.DeleteAsync(old.Id!, cancellationToken);
        return await FinishAsync(desired, made, cancellationToken);
    }

    /// <summary>Starts the new export and then names it: its name alone tells that it is still to be started.</summary>
    public async Task<BatchExport> FinishAsync(DesiredConfiguration desired, BatchExport made, CancellationToken cancellationToken)
    {
        var finished = Finished(desired, made);
        made = await ExportUpdate.ApplyAsync(exports, made, Named(made.Name!, finished), integrations, cancellationToken);
        return await ExportUpdate.ApplyAsync(exports, made, finished, integrations, cancellationToken);
    }

    /// <summary>The configuration that a replacement which was cut off is to get.</summary>
    public static DesiredConfiguration Finished(DesiredConfiguration desired, BatchExport made) =>
        Finished(desired, made.Name == NameOf(desired.Name, staysPaused: true));

    private static DesiredConfiguration Finished(DesiredConfiguration desired, bool paused) =>
        desired.Values.ContainsKey(ConfigurationKey.Paused) ? desired : With(desired, ConfigurationKey.Paused, paused);

    private static string NameOf(string name, bool staysPaused) => $"{name} ({(staysPaused ? "paused " : "")}replacement)";

    private static DesiredConfiguration Named(string name, DesiredConfiguration desired) =>
        With(desired, ConfigurationKey.ExportName, name) with { Name = name };

    private static DesiredConfiguration With(DesiredConfiguration desired, string key, object? value) =>
        desired with { Values = new(desired.Values, StringComparer.Ordinal) { [key] = value } };
}
