using PSBatchExports.Secrets;

namespace PSBatchExports;

/// <summary>A request that did not end as it should (docs/wire.md, section 3). The subclasses say how.</summary>
public abstract class BatchExportException : Exception
{
    private protected BatchExportException(string message, FailedRequest request, Exception? innerException = null)
        : base(request.Secrets.Hide(message), request.Secrets.HideIn(innerException))
    {
        Request = request.Scrubbed();
    }

    /// <summary>What was asked and what came back; never holds the key or a signed URL.</summary>
    public FailedRequest Request { get; }

    /// <summary>
    /// Whether the request may have taken effect although it failed: true for a create whose answer was lost (section 15), false where
    /// nothing was done or where asking again is harmless.
    /// </summary>
    public bool MayHaveTakenEffect { get; internal set; }

    /// <summary>The server's own words; null where it sent none.</summary>
    public string? Detail => Request.Detail;

    /// <summary>The field that the server complained about, nested names joined by two underscores; null for none.</summary>
    public string? Attribute => Request.Attribute;
}

/// <summary>What is known of a request that failed.</summary>
public sealed record FailedRequest
{
    internal FailedRequest(string method, string path, SecretScrubber secrets) => (Method, Path, Secrets) = (method, path, secrets);

    /// <summary>The HTTP method.</summary>
    public string Method { get; }

    /// <summary>The path without query.</summary>
    public string Path { get; private init; }

    /// <summary>The HTTP status; null where no answer came.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The server's machine code; null where it sent none.</summary>
    public string? Code { get; init; }

    /// <summary>The server's own words; null where it sent none.</summary>
    public string? Detail { get; init; }

    /// <summary>The field concerned; null for none.</summary>
    public string? Attribute { get; init; }

    internal SecretScrubber Secrets { get; private init; }

    /// <summary>The same without secrets, and without knowing any.</summary>
    internal FailedRequest Scrubbed() => this with
    {
        Path = Secrets.Hide(Path),
        Code = Secrets.HideIn(Code),
        Detail = Secrets.HideIn(Detail),
        Attribute = Secrets.HideIn(Attribute),
        Secrets = SecretScrubber.None,
    };
}
