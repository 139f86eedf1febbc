using PSBatchExports.Ledger;
using PSBatchExports.Models;

namespace PSBatchExports.Ranges;

/// <summary>Saves one window: starts its run, waits for it, and saves its files. Each step goes on where an earlier call ended.</summary>
internal sealed class WindowSaver(RangeSession session)
{
    private const int MaxStarts = 5;

    // A shorter window would hardly be smaller.
    private static readonly TimeSpan MinSplit = TimeSpan.FromMinutes(2);

    // A run that was started a moment ago may not be listed yet.
    private static readonly TimeSpan VisibilityDelay = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PauseAtLimit = TimeSpan.FromSeconds(15);

    /// <summary>The window's outcome; those of its parts if it was split.</summary>
    public async Task<IReadOnlyList<RangeOutcome>> SaveAsync(BatchExportLedgerEntry window, CancellationToken stop)
    {
        try
        {
            var outcomes = await SaveOnceAsync(window, stop);
            if (!session.PaysAgain || outcomes is not [{ Problem: RangeProblem.FilesGone } gone])
                return outcomes;

            var error = gone.Failure?.Message;
            return await SaveOnceAsync(session.Append(gone.Window, session.Line(LedgerEvents.Failed) with { Error = error }), stop);
        }
        catch (Exception failure) when (IsFailureOfWindow(failure))
        {
            return [Failed(session.Find(window.Start), failure)];
        }
        finally
        {
            session.Budget.Settle(window, null);
        }
    }

    private RangeOutcome Failed(BatchExportLedgerEntry window, Exception failure)
    {
        // Runs that cannot be saved are not worth their money.
        if (RunFailures.IsOfDisk(failure))
            session.Halt();

        return new RangeOutcome(window, null, RangeProblem.Failed, failure);
    }

    private static bool IsFailureOfWindow(Exception failure) => failure
        is BatchExportException
        or IOException
        or UnauthorizedAccessException
        or RunNotReadyException
        or FileListGrowingException
        or InvalidIdException;

    private async Task<IReadOnlyList<RangeOutcome>> SaveOnceAsync(BatchExportLedgerEntry window, CancellationToken stop)
    {
        if (window.State == LedgerState.Saved && !session.IsToFetch(window))
            return [Reuse(window)];

        if (window.State == LedgerState.Saved)
            session.Client.Observer.OnWarning($"Saved files of {window} are missing or not whole. They are fetched again.");

        if (window.State is not (LedgerState.Completed or LedgerState.Saved))
        {
            using var slot = await session.TakeRunSlotAsync(stop);
            if (window.RunId is null || window.State == LedgerState.Failed)
            {
                var start = await StartAsync(window, stop);
                if (start.Problem != RangeProblem.None)
                    return [start];

                window = start.Window;
            }

            var end = await EndAsync(window, stop);
            if (end.Outcome is { } outcome)
                return [outcome];

            if (end.Middle is { } middle)
            {
                slot.Dispose();
                return await SplitAsync(window, middle, stop);
            }

            window = end.Window;
        }

        return await DownloadAsync(window, stop);
    }

    private RangeOutcome Reuse(BatchExportLedgerEntry window)
    {
        var folder = session.Folders.Publish(window);
        session.OnSaved(0);
        return new RangeOutcome(window, Saved(window, folder) with { Reused = true });
    }

    /// <summary>Starts the window's run, or finds the one that was started by a request whose answer was lost.</summary>
    private async Task<RangeOutcome> StartAsync(BatchExportLedgerEntry window, CancellationToken stop)
    {
        if (window.State == LedgerState.Started && await AdoptAsync(window, session.PaysAgain, stop) is { } known)
            return known;

        if (session.IsHalted)
            return new RangeOutcome(window, null, RangeProblem.NotStarted);

        session.Folders.Discard(window);
        var isFirstRefused = false;
        if (!await session.Budget.TryReserveAsync(window, () => isFirstRefused = session.Halt(), stop))
            return new RangeOutcome(window, null, isFirstRefused ? RangeProblem.OverBudget : RangeProblem.NotStarted);

        // Another window's problem may have come up meanwhile.
        if (session.IsHalted)
        {
            session.Budget.Release(window);
            return new RangeOutcome(window, null, RangeProblem.NotStarted);
        }

        // A run that an earlier attempt started may become visible late: all attempts look back as far as the first.
        var isOpen = window.State == LedgerState.Started;
        var after = isOpen ? window.NewestRunBefore : session.NewestRun;
        Exception? last = null;
        session.Folders.Prepare(window);
        for (var attempt = 0; attempt < MaxStarts; attempt++)
        {
            window = session.Append(window, session.Line(LedgerEvents.Intent) with { After = after });
            try
            {
                return Started(window, await PostAsync(window, stop));
            }
            catch (BatchExportException failure) when (failure.MayHaveTakenEffect)
            {
                (last, isOpen) = (failure, true);
            }
            catch (BatchExportException failure)
            {
                // An earlier request of the window may still have started a run.
                if (!isOpen)
                {
                    session.Budget.Release(window);
                    session.Append(window, session.Line(LedgerEvents.Withdrawn));
                }

                if (RunFailures.IsOfAll(failure))
                    session.Halt();

                throw;
            }

            if (await AdoptAsync(window, mayPayAgain: false, stop) is { } found)
                return found;
        }

        session.Halt();
        throw last!;
    }

    /// <summary>Takes the run that an earlier request started; null if it started none.</summary>
    private async Task<RangeOutcome?> AdoptAsync(BatchExportLedgerEntry window, bool mayPayAgain, CancellationToken stop)
    {
        // The request may have been sent long after its intent: it may have waited at the limit.
        await session.PauseAsync(VisibilityDelay, stop);

        var lost = await session.LostStarts.FindAsync(window, session.IsKnown, stop);
        if (lost.Run is { } run)
        {
            session.Client.Observer.OnWarning(
                $"The answer to the start of {window} was lost. Run {run.RunId} is taken for its run: time, format and columns are the "
                + "same. Whether its filters are, the service does not say.");
            return Started(window, run.RunId!);
        }

        return lost.Candidates.Count == 0 || mayPayAgain
            ? null
            : new RangeOutcome(window, null, RangeProblem.RunUnknown) { Runs = lost.Candidates };
    }

    private RangeOutcome Started(BatchExportLedgerEntry window, string runId)
    {
        session.Remember(runId);
        return new RangeOutcome(session.Append(window, session.Line(LedgerEvents.Started) with { Run = runId }), null);
    }

    private async Task<string> PostAsync(BatchExportLedgerEntry window, CancellationToken stop)
    {
        var request = session.Settings with { DataIntervalStart = window.Start, DataIntervalEnd = window.End };
        while (true)
        {
            try
            {
                return (await session.Api.OnDemandRuns.StartAsync(request, stop)).RunId!;
            }
            catch (ConcurrencyLimitException)
            {
                session.WarnOfLimit();
                await session.PauseAsync(PauseAtLimit, stop);
            }
        }
    }

    /// <summary>Waits for the window's run, and writes down how it ended.</summary>
    private async Task<(BatchExportLedgerEntry Window, RangeOutcome? Outcome, DateTimeOffset? Middle)> EndAsync(
        BatchExportLedgerEntry window, CancellationToken stop)
    {
        BatchExportRun run;
        try
        {
            run = await session.Poller.WaitAsync(window.RunId!, stop);
        }
        catch (NotFoundException missing) when (missing.Missing == MissingThing.Item)
        {
            session.Budget.Settle(window, null);
            return (window, new RangeOutcome(window, null, RangeProblem.FilesGone, missing), null);
        }

        if (run.Status == RunStatus.Completed)
        {
            session.Budget.Settle(window, run.RecordsCompleted);
            var line = session.Line(LedgerEvents.Completed) with { Run = run.RunId, Records = run.RecordsCompleted };
            return (session.Append(window, line), null, null);
        }

        session.Budget.Release(window);
        if (RunFailures.IsTooLarge(run) && window.End - window.Start >= MinSplit)
            return (window, null, MiddleOf(window));

        if (RunFailures.IsOfProject(run))
            session.Halt();

        var error = DisplayText.Clean(run.LatestError) ?? run.Status;
        var failed = session.Append(window, session.Line(LedgerEvents.Failed) with { Run = run.RunId, Error = error });
        return (failed, new RangeOutcome(failed, null, RangeProblem.RunFailed), null);
    }

    // Whole minutes read better, and are exact in every format of times.
    private static DateTimeOffset MiddleOf(BatchExportLedgerEntry window)
    {
        var half = (window.End - window.Start).Ticks / 2;
        return window.Start.AddTicks(half - (half % TimeSpan.TicksPerMinute));
    }

    private async Task<IReadOnlyList<RangeOutcome>> SplitAsync(BatchExportLedgerEntry window, DateTimeOffset middle, CancellationToken stop)
    {
        session.Folders.Discard(window);
        session.Split(window, middle);
        var parts = await Task.WhenAll(
            SaveAsync(session.Find(window.Start), stop),
            SaveAsync(session.Find(middle), stop));
        return [.. parts.SelectMany(outcomes => outcomes)];
    }

    private async Task<IReadOnlyList<RangeOutcome>> DownloadAsync(BatchExportLedgerEntry window, CancellationToken stop)
    {
        var folder = session.Folders.Prepare(window);
        var options = session.Saving with { Folder = folder };
        var files = new List<SavedBatchExportFile>();
        try
        {
            var list = await session.Api.Files.OpenListAsync(window.RunId!, stop);
            await foreach (var outcome in session.Api.Files.SaveAsync([new RunSelection(list)], options, stop))
            {
                if (outcome.Failure is { } failure)
                    throw new WindowFailedException(failure);

                if (outcome.Saved is { } saved)
                    files.Add(saved);
            }
        }
        catch (Exception failure) when (RunFailures.IsGone((failure as WindowFailedException)?.InnerException ?? failure))
        {
            return [new RangeOutcome(window, null, RangeProblem.FilesGone, failure.InnerException ?? failure)];
        }
        catch (WindowFailedException failed)
        {
            return [Failed(window, failed.Failure)];
        }

        return [await PublishAsync(window, files, stop)];
    }

    private async Task<RangeOutcome> PublishAsync(
        BatchExportLedgerEntry window, IReadOnlyList<SavedBatchExportFile> files, CancellationToken stop)
    {
        var written = new List<LedgerFile>();
        foreach (var file in files)
        {
            var hash = await WindowFolders.HashAsync(file.FullName, stop);
            written.Add(new LedgerFile(file.Name, file.FileId, file.Length, hash, file.ETag, file.Records, file.Proof));
        }

        window = session.Append(window, session.Line(LedgerEvents.Saved) with
        {
            Run = window.RunId,
            Records = window.Records,
            Folder = WindowFolders.NameOf(window),
            Files = written,
        });
        var folder = session.Folders.Publish(window);
        session.OnSaved(window.Bytes ?? 0);
        return new RangeOutcome(window, Saved(window, folder));
    }

    private SavedBatchExportWindow Saved(BatchExportLedgerEntry window, string folder) => new()
    {
        Model = window.Model,
        Start = window.Start,
        End = window.End,
        RunId = window.RunId,
        Records = window.Records,
        Bytes = window.Bytes ?? 0,
        FullName = folder,
        ProjectId = session.Scope.ProjectNumber,
        Origin = session.Client.Origin,
        Files = SavedFiles(window, folder),
    };

    private SavedBatchExportFile[] SavedFiles(BatchExportLedgerEntry window, string folder)
    {
        var facts = new RunFacts(window.Model, window.Records, window.Files.Count);
        return [.. window.Files.Select((file, index) => new SavedBatchExportFile
        {
            FullName = Path.Combine(folder, file.Name),
            Name = file.Name,
            Length = file.Length,
            RunId = window.RunId ?? "",
            FileId = file.FileId,
            Index = index,
            ETag = file.ETag,
            Records = file.Records,
            Proof = file.Proof,
            ProjectId = session.Scope.ProjectNumber,
            Origin = session.Client.Origin,
            Run = facts,
        })];
    }

    private sealed class WindowFailedException(Exception failure) : Exception(failure.Message, failure)
    {
        public Exception Failure => InnerException!;
    }
}
