namespace PSBatchExports.Integrations;

/// <summary>Switches one export from one integration to another.</summary>
internal sealed class ExportIntegrationSwitch(
    ExportsClient exports, DestinationTestsClient tests, IntegrationSwitchPlan plan, BatchExport listed)
{
    private readonly int _from = plan.From.IntegrationId;
    private readonly int _to = plan.To.IntegrationId;
    private readonly string _id = listed.Id!;
    private BatchExport _export = listed;
    private bool _isUncertain;

    /// <returns>The outcome; null if the export does not use the old integration any more.</returns>
    public async Task<IntegrationSwitchOutcome?> RunAsync(bool test, CancellationToken cancellationToken)
    {
        try
        {
            var tested = test ? await TestAsync(cancellationToken) : null;
            if (tested is { Status: IntegrationSwitchStatus.TestFailed })
                return Outcome(IntegrationSwitchStatus.TestFailed) with { FailedTest = tested.Failed };

            _export = await exports.GetAsync(_id, cancellationToken);
            var old = IntegrationReferences.Of(_export);
            return old.Contains(_from)
                ? await SwitchAsync(old, tested?.Status ?? IntegrationSwitchStatus.Switched, cancellationToken)
                : null;
        }
        catch (NotFoundException missing) when (missing.Missing == MissingThing.Item)
        {
            // Deleted meanwhile, it uses nothing.
            return null;
        }
        catch (BatchExportException failure)
        {
            return Outcome(IntegrationSwitchStatus.Failed) with { Failure = failure, IsUncertain = _isUncertain };
        }
    }

    private async Task<TestOutcome> TestAsync(CancellationToken cancellationToken)
    {
        // What an export copies from is no destination, so it has no checks.
        if (IntegrationReferences.Of(_export).Destination != _from)
            return new(IntegrationSwitchStatus.SwitchedUntested);

        try
        {
            await foreach (var result in tests.TestAsync(_export, _to, cancellationToken))
            {
                if (result.Status == "Failed")
                    return new(IntegrationSwitchStatus.TestFailed, result);
            }

            return new(IntegrationSwitchStatus.Switched);
        }
        catch (NoDestinationTestsException)
        {
            return new(IntegrationSwitchStatus.SwitchedUntested);
        }
    }

    private async Task<IntegrationSwitchOutcome> SwitchAsync(
        IntegrationReferences old, IntegrationSwitchStatus success, CancellationToken cancellationToken)
    {
        var wanted = old.With(_from, _to);
        var (answer, failure) = await WriteAsync(wanted, cancellationToken);
        var stored = await ReadAgainAsync(answer, cancellationToken);
        if (stored.IsSame(wanted))
            return Outcome(success);

        if (stored.IsSame(old) || !IsBetween(old, stored))
            return Outcome(IntegrationSwitchStatus.Failed) with { Failure = failure };

        (answer, var undoFailure) = await WriteAsync(old, cancellationToken);
        var isBack = (await ReadAgainAsync(answer, cancellationToken)).IsSame(old);
        return Outcome(isBack ? IntegrationSwitchStatus.RolledBack : IntegrationSwitchStatus.Failed) with
        {
            Failure = failure ?? undoFailure,
        };
    }

    private async Task<(BatchExport? Answer, BatchExportException? Failure)> WriteAsync(
        IntegrationReferences references, CancellationToken cancellationToken)
    {
        _isUncertain = true;
        try
        {
            return (await exports.UpdateAsync(_id, references.ToUpdate(_export), cancellationToken), null);
        }
        catch (BatchExportException failure) when (failure is not AuthenticationFailedException)
        {
            return (null, failure);
        }
    }

    /// <summary>
    /// What is stored after a write, whose answer may be lost, or say what was sent and not what is stored. If it cannot be read, the
    /// answer counts.
    /// </summary>
    private async Task<IntegrationReferences> ReadAgainAsync(BatchExport? answer, CancellationToken cancellationToken)
    {
        try
        {
            _export = await exports.GetAsync(_id, cancellationToken);
        }
        catch (BatchExportException failure) when (answer is not null && failure is not NotFoundException)
        {
            _export = answer;
        }

        _isUncertain = false;
        return IntegrationReferences.Of(_export);
    }

    /// <summary>Whether the stored references are a part of the switch only, and nobody else has set others.</summary>
    private bool IsBetween(IntegrationReferences old, IntegrationReferences stored) =>
        stored.Ids.All(id => id == _to || old.Contains(id));

    private IntegrationSwitchOutcome Outcome(IntegrationSwitchStatus status) => new(
        _export,
        new BatchExportIntegrationSwitch
        {
            BatchExportId = _id,
            Name = _export.Name,
            ProjectId = _export.ProjectId,
            From = plan.From.Name,
            To = plan.To.Name,
            Status = status,
            Origin = _export.Origin,
        });

    private sealed record TestOutcome(IntegrationSwitchStatus Status, DestinationTestResult? Failed = null);
}
