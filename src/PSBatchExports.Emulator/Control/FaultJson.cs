using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Control;

/// <summary>Faults as the control channel takes them: members of <see cref="Fault"/> in camelCase, durations in seconds.</summary>
internal static class FaultJson
{
    private static readonly string[] s_known =
    [
        "origin", "method", "pathPattern", "times", "skip", "status", "headers", "body", "contentType", "delay", "reset",
        "resetAfterProcessing", "processFirst", "truncateAfter", "stall", "stallHeaders", "ignoreRange",
    ];

    public static Fault Read(JsonNode node)
    {
        var fields = node.AsObject();
        if (fields.Select(f => f.Key).Except(s_known, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw new FormatException($"A fault has no member '{unknown}'.");
        if (Text(fields, "origin") is not (null or Fault.Api or Fault.Storage))
            throw new FormatException($"The origin of a fault is '{Fault.Api}' or '{Fault.Storage}'.");
        return new Fault
        {
            Origin = Text(fields, "origin") ?? Fault.Api,
            Method = Text(fields, "method"),
            PathPattern = Text(fields, "pathPattern"),
            Times = fields["times"]?.GetValue<int>() ?? 1,
            Skip = fields["skip"]?.GetValue<int>() ?? 0,
            Status = fields["status"]?.GetValue<int>(),
            Headers = fields["headers"]?.AsObject().ToDictionary(h => h.Key, h => h.Value!.ToString(), StringComparer.OrdinalIgnoreCase),
            Body = fields["body"] is JsonObject or JsonArray ? fields["body"]!.ToJsonString() : Text(fields, "body"),
            ContentType = Text(fields, "contentType"),
            Delay = fields["delay"] is { } seconds ? TimeSpan.FromSeconds(seconds.GetValue<double>()) : null,
            Reset = Flag(fields, "reset"),
            ResetAfterProcessing = Flag(fields, "resetAfterProcessing"),
            ProcessFirst = Flag(fields, "processFirst"),
            TruncateAfter = fields["truncateAfter"]?.GetValue<long>(),
            Stall = Flag(fields, "stall"),
            StallHeaders = Flag(fields, "stallHeaders"),
            IgnoreRange = Flag(fields, "ignoreRange"),
        };
    }

    private static string? Text(JsonObject fields, string name) => fields[name]?.GetValue<string>();

    private static bool Flag(JsonObject fields, string name) => fields[name]?.GetValue<bool>() ?? false;
}
