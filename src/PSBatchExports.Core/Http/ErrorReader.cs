using System.Text.Json;
using System.Text.RegularExpressions;
using PSBatchExports.Json;
using PSBatchExports.Wire;

namespace PSBatchExports.Http;

/// <summary>Makes the exception for an answer that is not a success (docs/wire.md, section 3).</summary>
internal static partial class ErrorReader
{
    private const int MostBytes = 64 * 1024;

    public static async Task<BatchExportException> ReadAsync(ApiRequest request, HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var secrets = request.Secrets;
        var start = await BoundedBody.ReadStartAsync(response.Content, MostBytes, cancellationToken);
        var body = Parse(start);
        var status = (int)response.StatusCode;
        var detail = Show(body?.Detail);
        var failed = request.Failed with { StatusCode = status, Code = Show(body?.Code), Detail = detail, Attribute = Show(body?.Attribute) };
        var said = Sentence(detail ?? Describe(response), failed);
        var retryAfter = RetryAfter(response, time);

        BatchExportException exception = status switch
        {
            >= 400 and < 500 and not (408 or 429) when body is not { IsOfTheService: true } => Foreign(),
            401 => new AuthenticationFailedException(said, failed),
            403 => new PermissionDeniedException(said, failed, MissingScope().Match(detail ?? "") is { Success: true } match ? match.Groups["scope"].Value : null),
            404 or 410 => new NotFoundException(said, failed, Missing(detail)),
            429 when body?.Type == "server_error" || body?.Code?.StartsWith("too_many_concurrent", StringComparison.Ordinal) == true => new ConcurrencyLimitException(said, failed),
            429 => new ThrottledException(said, failed, retryAfter, retryAfter is { } wait ? time.GetUtcNow().Shift(wait) : null),
            408 or >= 500 => new ServerFailedException(said, failed, retryAfter),
            >= 300 and < 400 => new UnexpectedResponseException(DescribeRedirect(response), failed),
            _ => new InvalidRequestException(said, failed),
        };
        exception.MayHaveTakenEffect = request.Repeat == Repeat.OnlyIfNothingHappened && status is 408 or >= 500 and not 503;
        return exception;

        string? Show(string? text) => DisplayText.Clean(secrets.HideIn(text));

        // Gateways come and go; sign-in pages and refusals of a firewall stay.
        UnexpectedResponseException Foreign() =>
            new(DescribeForeign(response, "PostHog's API", start.Length == 0, detail), failed, isTransient: status == 404 && !IsAnswer()) { IsForeign = true, HasNoBody = start.Length == 0 };

        bool IsAnswer() => request.MayBeRefusedWithoutBody && start.Length == 0;
    }

    // The service's own words often name neither the thing nor the field.
    private static string Sentence(string said, FailedRequest request) =>
        request.Attribute is { } attribute ? $"{attribute}: {said}"
        : said == "Not found." ? $"Not found: {request.Method} {request.Path}"
        : said;

    /// <summary>Whether a body is the service's error object, whatever the status it came with.</summary>
    public static bool IsError(Span<byte> body) => body.Length <= MostBytes && Parse(body) is { Type: not null, Detail: not null };

    /// <summary>
    /// The wait that the server asks for; null for none. A date is one by the clock that has dated the answer, as this machine's may be another. Nor is there a wait in one
    /// that has passed: sending again at once helps nobody.
    /// </summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        var wait = response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - (response.Headers.Date ?? time.GetUtcNow()) : null;
        return wait > TimeSpan.Zero ? wait : null;
    }

    private static ErrorBody? Parse(Span<byte> body)
    {
        try
        {
            return WireJson.Read(body, WireContext.Default.ErrorBody);
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

    private static string Status(HttpResponseMessage response) =>
        $"{(int)response.StatusCode} {(Enum.IsDefined(response.StatusCode) ? Spaced().Replace(response.StatusCode.ToString(), " ${capital}") : DisplayText.Clean(response.ReasonPhrase))}".TrimEnd();

    private static string Describe(HttpResponseMessage response)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        var status = Status(response);
        return type is null or "application/json" ? $"The server answered {status} without a reason." : $"The server answered {status} with {type} instead of JSON; a proxy or load balancer may stand before the service.";
    }

    /// <summary>Says of a refusal that whoever was expected to answer does not refuse like that.</summary>
    public static string DescribeForeign(HttpResponseMessage response, string expected, bool isEmpty, string? detail = null)
    {
        var host = response.RequestMessage?.RequestUri is { } address ? DisplayText.Origin(address) : "The server";
        var content = isEmpty ? "no content" : DisplayText.Clean(response.Content.Headers.ContentType?.MediaType) ?? "no content type";
        var words = detail is null ? "" : $" It said: {detail}";
        return $"{host} answered {Status(response)} ({content}), but not as {expected} does: a proxy, a load balancer or another service may have answered in its place.{words}";
    }

    private static string DescribeRedirect(HttpResponseMessage response)
    {
        var target = response.Headers.Location is { IsAbsoluteUri: true } location ? DisplayText.Origin(location) : "elsewhere";
        return $"The server redirects to {target}. The key is not sent there by itself.";
    }

    [GeneratedRegex("missing required scope '(?<scope>[a-z_:]+)'", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MissingScope();

    [GeneratedRegex("(?<=[a-z])(?<capital>[A-Z])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaced();
}
