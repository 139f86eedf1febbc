using System.Globalization;
using PSBatchExports.Files.Storage;
using PSBatchExports.Models;

namespace PSBatchExports.Ranges;

/// <summary>What is known of a start whose answer was lost.</summary>
/// <param name="Run">The run that it started; null if it is not certain.</param>
/// <param name="Candidates">Runs that it may have started; empty if it started none.</param>
internal sealed record LostStart(BatchExportRun? Run, IReadOnlyList<string> Candidates)
{
    public static readonly LostStart Nothing = new(null, []);
}

/// <summary>
/// Looks for the run that a request started whose answer was lost. The service shows neither the interval nor the model nor the time of a
/// run; but its list is in order of time, and the files of a run are named after its interval, and have the columns of its model
/// (docs/wire.md, sections 13 and 14). Filters are not shown at all.
/// </summary>
internal sealed class LostStartFinder(ScopedClient api, RunPoller poller, TimeProvider time, OnDemandRunRequest settings)
{
    // Somebody else's run may never end.
    private static readonly TimeSpan MaxWait = TimeSpan.FromHours(1);

    /// <summary>Looks among the runs that are newer than the request.</summary>
    /// <param name="window">The window, with the newest run that was known before the request.</param>
    /// <param name="isKnown">Whether a run is that of a window of the ledger.</param>
    /// <param name="stop">Stops the search.</param>
    public async Task<LostStart> FindAsync(BatchExportLedgerEntry window, Func<string, bool> isKnown, CancellationToken stop)
    {
        var (matches, unclear) = (new List<BatchExportRun>(), new List<string>());
        var newer = await NewerRunsAsync(window.NewestRunBefore, isKnown, stop);
        var ended = await Task.WhenAll(newer.Select(id => EndedAsync(id, stop)));
        foreach (var (id, run) in newer.Zip(ended))
        {
            var isMatch = run is null ? null : await IsOfAsync(run, window, stop);
            if (isMatch is null)
                unclear.Add(id);
            else if (isMatch.Value)
                matches.Add(run!);
        }

        return (matches, unclear) switch
        {
            ([var only], []) => new LostStart(only, [only.RunId!]),
            ([], []) => LostStart.Nothing,
            _ => new LostStart(null, [.. matches.Select(run => run.RunId!), .. unclear]),
        };
    }

    private async Task<List<string>> NewerRunsAsync(string? newestBefore, Func<string, bool> isKnown, CancellationToken stop)
    {
        var newer = new List<string>();
        await foreach (var run in api.OnDemandRuns.ListAsync(Paging.All, stop))
        {
            if (string.Equals(run.RunId, newestBefore, StringComparison.OrdinalIgnoreCase))
                break;

            if (run is { RunId: { } id } && MayHaveData(run) && !isKnown(id))
                newer.Add(id);
        }

        return newer;
    }

    private static bool MayHaveData(BatchExportRun run) => !run.IsFinished || run.Status == RunStatus.Completed;

    /// <summary>The run once it has ended; null if it does not, or is gone.</summary>
    private async Task<BatchExportRun?> EndedAsync(string id, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(MaxWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            return await poller.WaitAsync(id, either.Token);
        }
        catch (NotFoundException missing) when (missing.Missing == MissingThing.Item)
        {
            return null;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Whether a run is of a window; null if that cannot be told, because its files are gone or have unknown columns.</summary>
    private async Task<bool?> IsOfAsync(BatchExportRun run, BatchExportLedgerEntry window, CancellationToken stop)
    {
        // A run without rows cost nothing, and starting it again does not, either.
        if (run is not { Status: RunStatus.Completed, Files.Count: > 0 })
            return false;

        try
        {
            var files = await api.Files.ListAsync(run.RunId!, cancellationToken: stop);
            var first = await api.Files.DescribeAsync(files[0], stop);
            if (first.Name is not { } name || !name.StartsWith(Prefix(window), StringComparison.Ordinal) || !HasFormat(name))
                return false;

            var columns = await RunColumns.ReadAsync(api.Files, first, stop);
            return columns is null ? null : ModelColumns.AreOf(window.Model, columns);
        }
        catch (BatchExportException failure) when (RunFailures.IsGone(failure))
        {
            return null;
        }
    }

    private bool HasFormat(string name)
    {
        var (kind, format) = (FileFormats.OfName(name), settings.Format ?? "Parquet");
        return kind.Format == format && (format == "Parquet" || kind.Compression == settings.Compression);
    }

    // As in the service's names, without what file systems forbid.
    private static string Prefix(BatchExportLedgerEntry window) => SafeFileName.From($"{Bound(window.Start)}-{Bound(window.End)}");

    private static string Bound(DateTimeOffset time)
    {
        var format = time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:sszzz" : "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz";
        return time.ToUniversalTime().ToString(format, CultureInfo.InvariantCulture);
    }
}
