#pragma warning disable CA1032 // These are made by the client only, always with the request that failed.
namespace PSBatchExports;

/// <summary>401: the key is missing, unknown, revoked, or belongs to another region (docs/wire.md, section 2).</summary>
public sealed class AuthenticationFailedException : BatchExportException
{
    internal AuthenticationFailedException(string message, FailedRequest request) : base(message, request) { }
}

/// <summary>403: the key or its user may not do this (docs/wire.md, section 2).</summary>
public sealed class PermissionDeniedException : BatchExportException
{
    internal PermissionDeniedException(string message, FailedRequest request, string? missingScope) : base(message, request) => MissingScope = request.Secrets.HideIn(missingScope);

    /// <summary>The scope that the key lacks, such as batch_export:write; null where the reason is another.</summary>
    public string? MissingScope { get; }
}

/// <summary>404 in the service's own words (docs/wire.md, sections 1 and 3).</summary>
public sealed class NotFoundException : BatchExportException
{
    internal NotFoundException(string message, FailedRequest request, MissingThing missing) : base(message, request) => Missing = missing;

    /// <summary>What was not found.</summary>
    public MissingThing Missing { get; }
}

/// <summary>What a 404 was about.</summary>
public enum MissingThing
{
    /// <summary>An export, run, backfill or file.</summary>
    Item,

    /// <summary>The project.</summary>
    Project,

    /// <summary>The organization.</summary>
    Organization,

    /// <summary>The whole route: this server does not have the endpoint.</summary>
    Endpoint,
}

/// <summary>400 and its like: the server refused what was sent (docs/wire.md, section 3).</summary>
public sealed class InvalidRequestException : BatchExportException
{
    internal InvalidRequestException(string message, FailedRequest request) : base(message, request) { }
}

/// <summary>429 from the rate limiter, not waited out (docs/wire.md, section 4).</summary>
public sealed class ThrottledException : BatchExportException
{
    internal ThrottledException(string message, FailedRequest request, TimeSpan? retryAfter, DateTimeOffset? retryAt) : base(message, request)
    {
        RetryAfter = retryAfter;
        RetryAt = retryAt;
    }

    /// <summary>How long the server asked to wait; null where it did not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>When that wait ends; null where the server did not say.</summary>
    public DateTimeOffset? RetryAt { get; }
}

/// <summary>429 because too many runs or backfills go on at once; it clears only when one ends (docs/wire.md, section 4).</summary>
public sealed class ConcurrencyLimitException : BatchExportException
{
    internal ConcurrencyLimitException(string message, FailedRequest request) : base(message, request) { }
}

/// <summary>5xx, from the service or from a proxy before it (docs/wire.md, section 3).</summary>
public sealed class ServerFailedException : BatchExportException
{
    internal ServerFailedException(string message, FailedRequest request, TimeSpan? retryAfter) : base(message, request) => RetryAfter = retryAfter;

    /// <summary>How long the server asked to wait; null where it did not say.</summary>
    public TimeSpan? RetryAfter { get; }
}

/// <summary>No answer: refused, reset, name unknown, certificate not trusted.</summary>
public sealed class ConnectionFailedException : BatchExportException
{
    internal ConnectionFailedException(string message, FailedRequest request, bool neverSent, Exception innerException) : base(message, request, innerException) => NeverSent = neverSent;

    /// <summary>Whether it is certain that the request never left.</summary>
    public bool NeverSent { get; }

    /// <summary>The proxy that failed or refused; null where it was not the proxy, as far as can be told.</summary>
    public Uri? Proxy { get; internal init; }

    /// <summary>The HTTP status with which the proxy refused, such as 407 where it asks for a user; null where it sent none.</summary>
    public int? ProxyStatusCode { get; internal init; }

    internal bool IsRefusedByProxy => ProxyStatusCode is >= 400 and < 500;

    /// <summary>Whether the reason is here: no file handles are left for a connection.</summary>
    public bool IsOutOfHandles { get; internal init; }
}

/// <summary>No answer in time.</summary>
public sealed class RequestTimedOutException : BatchExportException
{
    internal RequestTimedOutException(string message, FailedRequest request, Exception innerException) : base(message, request, innerException) { }
}

/// <summary>
/// An answer that cannot be understood or is not trusted: bad JSON, a refusal that is not the service's own, a redirect to elsewhere, a page link that repeats.
/// </summary>
public sealed class UnexpectedResponseException : BatchExportException
{
    internal UnexpectedResponseException(string message, FailedRequest request, bool isTransient = false, Exception? innerException = null) : base(message, request, innerException) => IsTransient = isTransient;

    internal bool IsTransient { get; }

    /// <summary>Whether something before the service, or in its place, refused the request: then the service did nothing.</summary>
    internal bool IsForeign { get; init; }

    /// <summary>Whether the answer had no body.</summary>
    internal bool HasNoBody { get; init; }
}
