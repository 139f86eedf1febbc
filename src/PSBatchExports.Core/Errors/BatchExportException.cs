namespace PSBatchExports;

/// <summary>A request that did not end as it should (docs/wire.md, section 3). The subclasses say how.</summary>
public abstract class BatchExportException : Exception
{
    private protected BatchExportException(string message, FailedRequest request, Exception? innerException = null)
        : base(message, innerException)
    {
        Request = request;
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
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path without query.</param>
/// <param name="StatusCode">The HTTP status; null where no answer came.</param>
/// <param name="Code">The server's machine code; null where it sent none.</param>
/// <param name="Detail">The server's own words; null where it sent none.</param>
/// <param name="Attribute">The field concerned; null for none.</param>
public sealed record FailedRequest(string Method, string Path, int? StatusCode = null, string? Code = null, string? Detail = null, string? Attribute = null);
