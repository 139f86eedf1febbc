using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace PSBatchExports.Emulator.Control;

/// <summary>Reads faults of the control channel: members of <see cref="Fault"/> in camelCase, durations in seconds.</summary>
internal static partial class FaultJson
{
    private const int MaxTimes = 1_000_000;
    private const long MaxBytes = 1L << 40;

    private static readonly TimeSpan MaxDelay = TimeSpan.FromHours(1);

    private static readonly string[] KnownFields =
    [
        "origin", "method", "pathPattern", "times", "skip", "status", "headers", "body", "contentType", "delay", "reset",
        "resetAfterProcessing", "processFirst", "truncateAfter", "stall", "stallHeaders", "ignoreRange",
    ];

    public static Fault Read(JsonNode? node)
    {
        var fields = new ControlFields(node);
        if (fields.Names.Except(KnownFields, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw new ControlProblemException($"A fault has no member '{unknown}'.", unknown);

        if (fields.Text("origin") is not (null or Fault.Api or Fault.Storage))
            throw new ControlProblemException($"The origin of a fault must be '{Fault.Api}' or '{Fault.Storage}'.", "origin");

        return new Fault
        {
            Origin = fields.Text("origin") ?? Fault.Api,
            Method = fields.Text("method"),
            PathPattern = Pattern(fields.Text("pathPattern")),
            Times = (int)(fields.Integer("times", 0, MaxTimes) ?? 1),
            Skip = (int)(fields.Integer("skip", 0, MaxTimes) ?? 0),
            Status = (int?)fields.Integer("status", 200, 599),
            Headers = Headers(fields.Node("headers")),
            Body = fields.Node("body") is JsonObject or JsonArray ? fields.Node("body")!.ToJsonString() : fields.Text("body"),
            ContentType = fields.Text("contentType") is { } type ? HeaderValue(type, "contentType") : null,
            Delay = fields.Seconds("delay", MaxDelay),
            Reset = fields.Flag("reset") ?? false,
            ResetAfterProcessing = fields.Flag("resetAfterProcessing") ?? false,
            ProcessFirst = fields.Flag("processFirst") ?? false,
            TruncateAfter = fields.Integer("truncateAfter", 0, MaxBytes),
            Stall = fields.Flag("stall") ?? false,
            StallHeaders = fields.Flag("stallHeaders") ?? false,
            IgnoreRange = fields.Flag("ignoreRange") ?? false,
        };
    }

    private static string? Pattern(string? pattern)
    {
        try
        {
            _ = pattern is null ? null : new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return pattern;
        }
        catch (RegexParseException wrong)
        {
            throw new ControlProblemException($"pathPattern is not a valid regular expression: {wrong.Message}", "pathPattern");
        }
    }

    private static Dictionary<string, string>? Headers(JsonNode? node)
    {
        if (node is null)
            return null;

        var headers = new ControlFields(node);
        return headers.Names.ToDictionary(
            HeaderName, name => HeaderValue(headers.Node(name)?.ToString() ?? "", name), StringComparer.OrdinalIgnoreCase);
    }

    private static string HeaderName(string name) =>
        !Token().IsMatch(name)
            ? throw new ControlProblemException($"'{name}' is not a valid header name.", "headers")
            : name.ToUpperInvariant() is "CONTENT-LENGTH" or "TRANSFER-ENCODING"
                ? throw new ControlProblemException($"{name} is set from the body.", "headers")
                : name;

    private static string HeaderValue(string value, string field) =>
        value.All(character => character is '\t' or (>= ' ' and <= '~'))
            ? value
            : throw new ControlProblemException($"{field} contains characters that are invalid in a header.", field);

    [GeneratedRegex(@"^[!#$%&'*+\-.^_`|~0-9A-Za-z]+\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Token();
}
