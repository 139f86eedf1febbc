#pragma warning disable CA1032 // Made by the client only.
using PSBatchExports.Secrets;

namespace PSBatchExports;

/// <summary>A run has no such part.</summary>
public sealed class FilePartException : ArgumentException
{
    internal FilePartException(BatchExportRun run, string part, SecretScrubber secrets)
        : base(secrets.Hide($"Run {run.RunId} has no part '{DisplayText.Clean(part)}'; it has {run.Files?.Count ?? 0} file(s), with indexes from 0.")) => Part = part;

    /// <summary>The part that was asked for.</summary>
    public string Part { get; }
}
