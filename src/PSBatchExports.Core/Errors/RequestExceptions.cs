namespace PSBatchExports;

/// <summary>401: the key is missing, unknown, revoked, or belongs to another region (docs/wire.md, section 2).</summary>
public sealed class AuthenticationFailedException : BatchExportException
{
    internal AuthenticationFailedException(string message, FailedRequest request) : base(message, request) { }
}

/// <summary>403: the key or its user may not do this (docs/wire.md, section 2).</summary>
public sealed class PermissionDeniedException : BatchExportException
{
    internal PermissionDeniedException(string message, FailedRequest request, string? missingScope) : base(message, request) =>
        MissingScope = request.Secrets.HideIn(missingScope);

    /// <summary>The scope that the key lacks, such as batch_export:write; null for another reason.</summary>
    public string? MissingScope { get; }

    /// <summary>Whether the key is limited to projects and the route belongs to none.</summary>
    public bool IsKeyLimitedToProjects => Detail?.Contains("keys with scoped projects", StringComparison.OrdinalIgnoreCase) == true;
}

/// <summary>404 from the service itself (docs/wire.md, sections 1 and 3).</summary>
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

    /// <summary>The route: this server does not have the endpoint.</summary>
    Endpoint,
}

/// <summary>400 or a similar status: the server refused what was sent (docs/wire.md, section 3).</summary>
public sealed class InvalidRequestException : BatchExportException
{
    internal InvalidRequestException(string message, FailedRequest request) : base(message, request) { }
}

/// <summary>429 from the rate limiter, after all retries or with too long a wait (docs/wire.md, section 4).</summary>
public sealed class ThrottledException : BatchExportException
{
    internal ThrottledException(string message, FailedRequest request, TimeSpan? retryAfter, DateTimeOffset? retryAt)
        : base(message, request)
    {
        RetryAfter = retryAfter;
        RetryAt = retryAt;
    }

    /// <summary>How long the server asked to wait; null if it did not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>When that wait ends; null if the server did not say.</summary>
    public DateTimeOffset? RetryAt { get; }
}

/// <summary>429 because too many runs or backfills are in progress; one of them must end first (docs/wire.md, section 4).</summary>
public sealed class ConcurrencyLimitException : BatchExportException
{
    internal ConcurrencyLimitException(string message, FailedRequest request) : base(message, request) { }
}

/// <summary>5xx, from the service or from a proxy before it (docs/wire.md, section 3).</summary>
public sealed class ServerFailedException : BatchExportException
{
    internal ServerFailedException(string message, FailedRequest request, TimeSpan? retryAfter)
        : base(message, request) => RetryAfter = retryAfter;

    /// <summary>How long the server asked to wait; null if it did not say.</summary>
    public TimeSpan? RetryAfter { get; }
}

/// <summary>No response: the name did not resolve, or the connection was refused or lost.</summary>
public sealed class ConnectionFailedException : BatchExportException
{
    internal ConnectionFailedException(string message, FailedRequest request, bool neverSent, Exception innerException)
        : base(message, request, innerException) => NeverSent = neverSent;

    /// <summary>Whether it is certain that the request was never sent.</summary>
    public bool NeverSent { get; }

    /// <summary>The proxy that failed or refused; null if it was not the proxy, as far as is known.</summary>
    public Uri? Proxy { get; internal init; }

    /// <summary>The HTTP status with which the proxy refused, such as 407 if it requires authentication; null if it sent none.</summary>
    public int? ProxyStatusCode { get; internal init; }

    internal bool IsRefusedByProxy => ProxyStatusCode is >= 400 and < 500;

    /// <summary>Whether this process, or the system, has no file handles left for a connection.</summary>
    public bool IsOutOfHandles { get; internal init; }
}

/// <summary>No response within the timeout.</summary>
public sealed class RequestTimedOutException : BatchExportException
{
    internal RequestTimedOutException(string message, FailedRequest request, Exception innerException)
        : base(message, request, innerException)
    {
    }
}

/// <summary>
/// A response that is unreadable or not trusted: invalid JSON, an error that is not from the service, a redirect, a page link that leads
/// outside the API or repeats, an untrusted certificate.
/// </summary>
public sealed class UnexpectedResponseException : BatchExportException
{
    internal UnexpectedResponseException(string message, FailedRequest request, bool isTransient = false, Exception? innerException = null)
        : base(message, request, innerException) => IsTransient = isTransient;

    internal bool IsTransient { get; }

    /// <summary>Whether something other than the service refused the request, so that the service did not process it.</summary>
    internal bool IsForeign { get; init; }

    /// <summary>Whether the response had no body.</summary>
    internal bool HasNoBody { get; init; }
}
