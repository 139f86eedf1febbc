using System.Globalization;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Control;

/// <summary>
/// Log rows as the control channel takes them: <c>sourceId</c>, <c>instanceId</c>, <c>timestamp</c>, <c>level</c>,
/// <c>message</c>; with <c>count</c> so many of them, <c>stepSeconds</c> apart (0: all at the same time).
/// </summary>
internal static class LogRowsJson
{
    public static Func<JsonNode, IEnumerable<LogRow>> Read(DateTimeOffset now) => row =>
    {
        var source = Guid.Parse(row["sourceId"]!.GetValue<string>());
        var instance = row["instanceId"]?.GetValue<string>() ?? source.ToString();
        var first = row["timestamp"] is { } at
            ? DateTimeOffset.Parse(at.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : now;
        var level = row["level"]?.GetValue<string>() ?? "INFO";
        var message = row["message"]?.GetValue<string>() ?? "";
        var count = row["count"]?.GetValue<int>();
        var step = TimeSpan.FromSeconds(row["stepSeconds"]?.GetValue<double>() ?? 0);
        return Enumerable.Range(0, count ?? 1).Select(n => new LogRow(
            source,
            instance,
            first + (step * n),
            level,
            count is null ? message : string.Create(CultureInfo.InvariantCulture, $"{message} {n + 1}")));
    };
}
