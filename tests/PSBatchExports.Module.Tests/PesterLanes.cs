namespace PSBatchExports.Module.Tests;

/// <summary>Runs the suites beside each other, because they wait more than they work. What nobody asked for any more is ended.</summary>
public sealed class PesterLanes : IAsyncDisposable
{
    /// <summary>Measures how fast cmdlets stop, so nothing else runs beside it.</summary>
    private const string RunsAlone = "AsyncCmdlet";

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _lanes = new(Environment.ProcessorCount + 1);
    private readonly Dictionary<string, Task> _outcomes;

    public PesterLanes()
    {
        var alone = PesterSuite.RunAsync(RunsAlone, _stop.Token);
        _outcomes = PesterSuite.Names().ToDictionary(suite => suite, suite => suite == RunsAlone ? alone : RunAfterAsync(alone, suite));
    }

    public Task OutcomeOf(string suite) => _outcomes[suite];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_outcomes.Values.Select(outcome => outcome.ContinueWith(_ => { }, TaskScheduler.Default)));
        _lanes.Dispose();
        _stop.Dispose();
    }

    private async Task RunAfterAsync(Task alone, string suite)
    {
        await Task.WhenAny(alone);
        await _lanes.WaitAsync(_stop.Token);
        try
        {
            await PesterSuite.RunAsync(suite, _stop.Token);
        }
        finally
        {
            _lanes.Release();
        }
    }
}
