using PSBatchExports.Secrets;

namespace PSBatchExports;

/// <summary>A failed request (docs/wire.md, section 3). The derived classes say how it failed.</summary>
public abstract class BatchExportException : Exception
{
    private protected BatchExportException(string message, FailedRequest request, Exception? innerException = null)
        : base(request.Secrets.Hide(message), request.Secrets.HideIn(innerException))
    {
        Request = request.Scrubbed();
    }

    /// <summary>The request and the error that came back, without secrets.</summary>
    public FailedRequest Request { get; }

    /// <summary>
    /// Whether the request may have taken effect although it failed: true for a create whose response was lost (section 15), false if
    /// nothing was done or the request is idempotent.
    /// </summary>
    public bool MayHaveTakenEffect { get; internal set; }

    /// <summary>The server's error message; null if it sent none.</summary>
    public string? Detail => Request.Detail;

    /// <summary>The field that the error is about, nested names joined by two underscores; null for none.</summary>
    public string? Attribute => Request.Attribute;
}

/// <summary>A failed request.</summary>
public sealed record FailedRequest
{
    internal FailedRequest(string method, string path, SecretScrubber secrets) => (Method, Path, Secrets) = (method, path, secrets);

    /// <summary>The HTTP method.</summary>
    public string Method { get; }

    /// <summary>The path without the query.</summary>
    public string Path { get; private init; }

    /// <summary>The project or organization as in the path: a number, a UUID or @current.</summary>
    public required string ScopeId { get; init; }

    /// <summary>Whether the routes of an organization were used, which newer servers no longer have.</summary>
    public bool IsOfOrganization { get; init; }

    /// <summary>Whether the request was for a file.</summary>
    public bool IsDownload { get; init; }

    /// <summary>The HTTP status; null if there was no response.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The server's error code; null if it sent none.</summary>
    public string? Code { get; init; }

    /// <summary>The server's error message; null if it sent none.</summary>
    public string? Detail { get; init; }

    /// <summary>The field that the error is about; null for none.</summary>
    public string? Attribute { get; init; }

    internal SecretScrubber Secrets { get; private init; }

    /// <summary>A copy without secrets, which no longer refers to any.</summary>
    internal FailedRequest Scrubbed() => this with
    {
        Path = Secrets.Hide(Path),
        ScopeId = Secrets.Hide(ScopeId),
        Code = Secrets.HideIn(Code),
        Detail = Secrets.HideIn(Detail),
        Attribute = Secrets.HideIn(Attribute),
        Secrets = SecretScrubber.None,
    };
}
