using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace PSBatchExports.Emulator.Hosting;

/// <summary>A complete request, with its target exactly as sent.</summary>
/// <param name="Origin">The origin that the request was sent to, without a trailing slash.</param>
internal sealed record EmulatorRequest(
    string Origin,
    string Method,
    string Path,
    string Query,
    IReadOnlyDictionary<string, string> Headers,
    string Body,
    DateTimeOffset At)
{
    private Dictionary<string, StringValues>? _parameters;

    public string Target => Query.Length == 0 ? Path : $"{Path}?{Query}";

    public IReadOnlyDictionary<string, StringValues> Parameters => _parameters ??= QueryHelpers.ParseQuery(Query);

    public string? Header(string name) => Headers.TryGetValue(name, out var value) ? value : null;

    public EmulatorRequest WithoutHeader(string name)
    {
        var headers = new Dictionary<string, string>(Headers, StringComparer.OrdinalIgnoreCase);
        headers.Remove(name);
        return this with { Headers = headers };
    }

    public string? Parameter(string name) =>
        Parameters.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] : null;

    public static async Task<EmulatorRequest> ReadAsync(HttpContext context, TimeProvider clock)
    {
        var at = clock.GetUtcNow();
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        return new EmulatorRequest(
            string.Create(CultureInfo.InvariantCulture, $"http://{context.Connection.LocalIpAddress}:{context.Connection.LocalPort}"),
            context.Request.Method,
            mark < 0 ? target : target[..mark],
            mark < 0 ? "" : target[(mark + 1)..],
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body,
            at);
    }

    public RecordedRequest ToRecord(int statusCode) => new(Method, Path, Query, Headers, Body, statusCode, At);
}
