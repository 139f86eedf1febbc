using System.Text.Json;
using System.Text.RegularExpressions;
using PSBatchExports.Time;
using PSBatchExports.Wire;

namespace PSBatchExports.Http;

/// <summary>Turns an unsuccessful response into an exception (docs/wire.md, section 3).</summary>
internal static partial class ErrorReader
{
    private const int MaxBodyBytes = 64 * 1024;

    public static async Task<BatchExportException> ReadAsync(
        ApiRequest request, HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var secrets = request.Secrets;
        var start = await BoundedBody.ReadStartAsync(response.Content, MaxBodyBytes, cancellationToken);
        var body = Parse(start);
        var status = (int)response.StatusCode;
        var detail = Show(body?.Detail);
        var failed = request.Failed with
        {
            StatusCode = status,
            Code = Show(body?.Code),
            Detail = detail,
            Attribute = Show(body?.Attribute),
        };
        var message = Sentence(detail ?? Describe(response), failed);
        var retryAfter = RetryAfter(response, time);

        BatchExportException exception = status switch
        {
            >= 400 and < 500 and not (408 or 429) when body is not { IsServiceError: true } => Foreign(),
            401 => new AuthenticationFailedException(message, failed),
            403 => new PermissionDeniedException(message, failed, MissingScopeIn(detail)),
            404 or 410 => new NotFoundException(message, failed, Missing(detail)),
            429 when IsConcurrencyLimit(body) => new ConcurrencyLimitException(message, failed),
            429 => new ThrottledException(message, failed, retryAfter, retryAfter is { } wait ? time.GetUtcNow().Shift(wait) : null),
            408 or >= 500 => new ServerFailedException(message, failed, retryAfter),
            >= 300 and < 400 => new UnexpectedResponseException(DescribeRedirect(response), failed),
            _ => new InvalidRequestException(message, failed),
        };
        exception.MayHaveTakenEffect = request.RetryMode == RetryMode.OnlyIfNotProcessed && status is 408 or >= 500 and not 503;
        return exception;

        string? Show(string? text) => DisplayText.Clean(secrets.HideIn(text));

        UnexpectedResponseException Foreign()
        {
            // A gateway's 404 may pass; sign-in pages and firewalls stay.
            var isEmpty = start.Length == 0;
            var isTransient = status == 404 && !(isEmpty && request.MayFailWithoutBody);
            return new UnexpectedResponseException(DescribeForeign(response, "PostHog's API", isEmpty, detail), failed, isTransient)
            {
                IsForeign = true,
                HasNoBody = isEmpty,
            };
        }
    }

    // The service's own message often names neither the field nor what is missing.
    private static string Sentence(string message, FailedRequest request) =>
        request.Attribute is { } attribute ? $"{attribute}: {message}"
        : message == "Not found." ? $"Not found: {request.Method} {request.Path}"
        : message;

    /// <summary>Whether a body is the service's error object, regardless of the status.</summary>
    public static bool IsError(Span<byte> body) => body.Length <= MaxBodyBytes && Parse(body) is { Type: not null, Detail: not null };

    /// <summary>
    /// The wait that the server asks for; null for none. A date is compared with the date of the response, because this machine's clock may
    /// be off. A date in the past counts as none.
    /// </summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - (response.Headers.Date ?? time.GetUtcNow());
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static string? MissingScopeIn(string? detail) =>
        MissingScope().Match(detail ?? "") is { Success: true } match ? match.Groups["scope"].Value : null;

    private static bool IsConcurrencyLimit(ErrorBody? body) =>
        body?.Type == "server_error" || body?.Code?.StartsWith("too_many_concurrent", StringComparison.Ordinal) == true;

    private static ErrorBody? Parse(Span<byte> body)
    {
        try
        {
            return WireJson.Read(body, ErrorBody.Read);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static MissingThing Missing(string? detail) => detail switch
    {
        "Project not found." => MissingThing.Project,
        "Organization not found." => MissingThing.Organization,
        "Endpoint not found." => MissingThing.Endpoint,
        _ => MissingThing.Item,
    };

    private static string Status(HttpResponseMessage response)
    {
        var name = Enum.IsDefined(response.StatusCode)
            ? WordStart().Replace(response.StatusCode.ToString(), " ${capital}")
            : DisplayText.Clean(response.ReasonPhrase);
        return $"{(int)response.StatusCode} {name}".TrimEnd();
    }

    private static string Describe(HttpResponseMessage response)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        var status = Status(response);
        return type is null or "application/json"
            ? $"The server answered {status} without a reason."
            : $"The server answered {status} with {type} instead of JSON; a proxy or load balancer may stand before the service.";
    }

    /// <summary>Describes an error response that is not from the expected service.</summary>
    public static string DescribeForeign(HttpResponseMessage response, string expected, bool isEmpty, string? detail = null)
    {
        var host = response.RequestMessage?.RequestUri is { } address ? DisplayText.Origin(address) : "The server";
        var content = isEmpty ? "no content" : DisplayText.Clean(response.Content.Headers.ContentType?.MediaType) ?? "no content type";
        var words = detail is null ? "" : $" It said: {detail}";
        return $"{host} answered {Status(response)} ({content}), but not as {expected} does: "
            + $"a proxy, a load balancer or another service may have answered in its place.{words}";
    }

    private static string DescribeRedirect(HttpResponseMessage response)
    {
        var target = response.Headers.Location is { IsAbsoluteUri: true } location ? DisplayText.Origin(location) : "elsewhere";
        return $"The server redirects to {target}. Redirects are not followed, so the key is not sent there.";
    }

    [GeneratedRegex("missing required scope '(?<scope>[a-z_:]+)'", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MissingScope();

    [GeneratedRegex("(?<=[a-z])(?<capital>[A-Z])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WordStart();
}
