using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>Finds the API key of a request: in the header, then the body, then the query.</summary>
internal sealed partial class Authentication(EmulatorState state)
{
    private const string Field = "personal_api_key";

    public EmulatorKey Identify(EmulatorRequest request)
    {
        if (request.Header("Authorization") is { } header && Bearer().Match(header) is { Success: true } match)
            return Find(match.Groups["key"].Value, "Authorization header");

        if (FromBody(request) is { } inBody)
            return Find(inBody, "body");

        if (request.Parameter(Field) is { Length: > 0 } inQuery)
            return Find(inQuery, "query string");

        throw Problem.Unauthenticated("not_authenticated", "Authentication credentials were not provided.");
    }

    private EmulatorKey Find(string value, string place) =>
        state.FindKey(value)
        ?? throw Problem.Unauthenticated("authentication_failed", $"Personal API key found in request {place} is invalid.");

    private static string? FromBody(EmulatorRequest request) =>
        request.Body.Length > 0
        && JsonBody.Parse(request) is JsonObject fields
        && fields[Field] is JsonValue value
        && value.GetValueKind() == JsonValueKind.String
            ? value.GetValue<string>()
            : null;

    [GeneratedRegex(@"^Bearer\s+(?<key>\S.*)$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Bearer();
}
