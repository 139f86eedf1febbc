#pragma warning disable CA1032 // Made by the client only.
using PSBatchExports.Secrets;

namespace PSBatchExports;

/// <summary>The run has no files to hand out: it goes on, or ended without them.</summary>
public sealed class RunNotReadyException : InvalidOperationException
{
    internal RunNotReadyException(BatchExportRun run, SecretScrubber secrets) : base(secrets.Hide(Describe(run))) => Run = run;

    /// <summary>The run.</summary>
    public BatchExportRun Run { get; }

    private static string Describe(BatchExportRun run) => run.IsFinished
        ? $"Run {run.RunId} ended as {DisplayText.Clean(run.Status)} and has no files{(DisplayText.Clean(run.LatestError) is { } error ? $": {error}" : ".")}"
        : $"Run {run.RunId} is still {DisplayText.Clean(run.Status)}; its files come when it has completed.";
}
