using PSBatchExports.Secrets;

namespace PSBatchExports;

/// <summary>A bound of a backfill that the server refuses, or would refuse; nothing was started.</summary>
public sealed class BackfillBoundException : ArgumentException
{
    internal BackfillBoundException(string bound, string message) : base(message) => Bound = bound;

    /// <summary>The name of the bound: StartAt or EndAt.</summary>
    public string Bound { get; }
}

/// <summary>A run has no such file.</summary>
public sealed class FilePartException : ArgumentException
{
    internal FilePartException(BatchExportRun run, string part, SecretScrubber secrets)
        : base(secrets.Hide(Describe(run, part))) => Part = part;

    /// <summary>The id or index that was asked for.</summary>
    public string Part { get; }

    private static string Describe(BatchExportRun run, string part) =>
        $"Run {run.RunId} has no part '{DisplayText.Clean(part)}'; it has {run.Files?.Count ?? 0} file(s), with indexes from 0.";
}

/// <summary>A text that cannot be an id; nothing was sent.</summary>
public sealed class InvalidIdException : ArgumentException
{
    internal InvalidIdException(string id)
        : base($"'{DisplayText.Clean(id)}' is not an id: ids hold letters, digits, '-' and '_' only.") => Id = id;

    /// <summary>The text.</summary>
    public string Id { get; }
}

/// <summary>The key, or a file, would have been sent unencrypted over the network; nothing was sent.</summary>
public sealed class PlainHttpException : ArgumentException
{
    internal PlainHttpException(Uri host)
        : base($"{host.GetLeftPart(UriPartial.Authority)} is plain http: the key would cross the network in the clear.")
    {
    }

    private PlainHttpException(string message) : base(message) { }

    internal static PlainHttpException ForFile(Uri storage) =>
        new(
            $"{DisplayText.Origin(storage)}, where the service keeps the file, is plain http: "
            + "the file would cross the network in the clear.");
}
