using System.Collections.Concurrent;
using Microsoft.VisualStudio.TestPlatform.ObjectModel;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Adapter;

namespace PSBatchExports.Pester;

/// <summary>Runs suites in several processes, because they wait more than they work.</summary>
internal sealed class PesterRun(ITestExecutionRecorder recorder, CancellationToken cancellationToken)
{
    private static readonly int MaxWorkers = Environment.ProcessorCount + 2;

    /// <param name="selection">The suites, and the lines of the tests to run in each; null for all of them.</param>
    public async Task RunAsync(IReadOnlyDictionary<PesterSuite, IReadOnlyCollection<int>?> selection)
    {
        var waiting = new ConcurrentQueue<KeyValuePair<PesterSuite, IReadOnlyCollection<int>?>>(
            selection.OrderByDescending(entry => entry.Key.EstimatedCost));
        await Task.WhenAll(Enumerable.Range(0, Math.Min(MaxWorkers, waiting.Count)).Select(_ => WorkAsync(waiting)));
    }

    private async Task WorkAsync(ConcurrentQueue<KeyValuePair<PesterSuite, IReadOnlyCollection<int>?>> waiting)
    {
        PesterWorker? worker = null;
        try
        {
            while (waiting.TryDequeue(out var next) && !cancellationToken.IsCancellationRequested)
            {
                try
                {
                    worker ??= await PesterWorker.StartAsync(cancellationToken);
                    foreach (var test in await worker.RunAsync(next.Key, next.Value, cancellationToken))
                        Record(test.ToTestResult());
                }
                catch (InvalidOperationException failure)
                {
                    Record(PesterTest.OfBrokenSuite(next.Key, failure.Message).ToTestResult());
                    if (worker is not null)
                        await worker.DisposeAsync();

                    worker = null;
                }
            }
        }
        finally
        {
            if (worker is not null)
                await worker.DisposeAsync();
        }
    }

    private void Record(TestResult result)
    {
        recorder.RecordStart(result.TestCase);
        recorder.RecordResult(result);
        recorder.RecordEnd(result.TestCase, result.Outcome);
    }
}
