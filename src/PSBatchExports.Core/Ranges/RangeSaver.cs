using PSBatchExports.Http.Pagination;
using PSBatchExports.Ledger;
using PSBatchExports.Ranges;

namespace PSBatchExports;

/// <summary>
/// Saves the data of a long time by on-demand runs, one for each window (docs/wire.md, section 13). What was started, and what was saved,
/// is in a ledger beside the data, so that the same call goes on after any interruption and pays for no window twice.
/// </summary>
public sealed class RangeSaver(BatchExportClient client, TimeProvider time)
{
    /// <summary>What is to be done. Sends no request, and writes nothing.</summary>
    /// <param name="scope">The project.</param>
    /// <param name="options">Which data is saved, and how.</param>
    /// <exception cref="LedgerException">The ledger is damaged, or of a newer version.</exception>
    /// <exception cref="LedgerConflictException">The ledger's windows were saved with other settings.</exception>
    public WindowPlan Plan(ApiScope scope, RangeSaveOptions options)
    {
        var path = Path.Combine(options.Folder, LedgerReader.FileName);
        return Plan(options, SettingsOf(scope, options), File.Exists(path) ? LedgerReader.Read(path) : null);
    }

    /// <summary>Saves the windows. They are reported in order, split ones in their parts.</summary>
    /// <param name="scope">The project.</param>
    /// <param name="options">Which data is saved, and how.</param>
    /// <param name="cancellationToken">Stops the work, not the runs. The same call goes on with them.</param>
    /// <exception cref="FileSaveException">The folder cannot be written, or another command is saving into it.</exception>
    /// <exception cref="LedgerException">The ledger is damaged, or of a newer version.</exception>
    /// <exception cref="LedgerConflictException">The ledger's windows were saved with other settings.</exception>
    public IAsyncEnumerable<RangeOutcome> SaveAsync(
        ApiScope scope, RangeSaveOptions options, CancellationToken cancellationToken = default)
    {
        return AsyncSequences.FromWork<RangeOutcome>(
            async (report, stop) =>
            {
                Directory.CreateDirectory(options.Folder);
                using var ledger = LedgerWriter.Open(options.Folder);
                var settings = SettingsOf(scope, options);
                var plan = Plan(options, settings, ledger.Content);
                await using var session = new RangeSession(client, scope, time, options, ledger);
                session.Plan(settings, plan);
                await session.RunAsync(report, stop);
            },
            cancellationToken);
    }

    private static WindowPlan Plan(RangeSaveOptions options, LedgerSettings settings, LedgerContent? ledger)
    {
        var differences = ledger?.SettingsOf(options.Settings.Model)?.DifferencesFrom(settings).ToArray() ?? [];
        return differences.Length == 0
            ? WindowPlan.Of(options, ledger)
            : throw new LedgerConflictException(options.Folder, options.Settings.Model, string.Join("; ", differences));
    }

    private LedgerSettings SettingsOf(ApiScope scope, RangeSaveOptions options) => new()
    {
        Host = client.ApiHost.GetLeftPart(UriPartial.Authority),
        Project = scope.Id,
        Format = options.Settings.Format ?? "Parquet",
        Compression = options.Settings.Compression,
        MaximumFileSizeMB = options.Settings.MaxFileSizeMB,
        Include = options.Settings.Include,
        Exclude = options.Settings.Exclude,
        Query = options.Settings.HogQLQuery,
        Modifiers = LedgerSettings.ToJson(options.Settings.HogQLModifiers),
    };
}
