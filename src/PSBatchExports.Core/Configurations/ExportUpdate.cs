namespace PSBatchExports.Configurations;

/// <summary>Makes an export equal to its configuration.</summary>
internal static class ExportUpdate
{
    /// <summary>Sends what differs, and nothing if nothing does.</summary>
    public static async Task<BatchExport> ApplyAsync(
        ExportsClient exports,
        BatchExport export,
        DesiredConfiguration desired,
        IntegrationCatalog integrations,
        CancellationToken cancellationToken)
    {
        var differences = ConfigurationComparer.Differences(export, desired, integrations);
        if (differences.Any(difference => difference.Path[0] is not ConfigurationKey.Paused))
        {
            var changes = ConfigurationFields.ToUpdate(desired, differences, integrations);
            export = await exports.UpdateAsync(export.Id!, changes, cancellationToken);
        }

        if (differences.FirstOrDefault(difference => difference.Path[0] is ConfigurationKey.Paused) is not { Desired: bool paused })
            return export;

        if (paused)
            await exports.PauseAsync(export.Id!, cancellationToken);
        else
            await exports.ResumeAsync(export.Id!, cancellationToken: cancellationToken);

        return export with { Paused = paused };
    }
}
