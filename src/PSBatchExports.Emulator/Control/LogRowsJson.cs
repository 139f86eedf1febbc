using System.Globalization;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Control;

/// <summary>
/// Reads log rows of the control channel: <c>sourceId</c>, <c>instanceId</c>, <c>timestamp</c>, <c>level</c>,
/// <c>message</c>; <c>count</c> for several rows, <c>stepSeconds</c> apart.
/// </summary>
internal static class LogRowsJson
{
    private const int MaxRows = 200_000;

    public static IEnumerable<LogRow> Read(JsonNode? row, DateTimeOffset now)
    {
        var fields = new ControlFields(row);
        var source = fields.RequiredId("sourceId");
        var instance = fields.Text("instanceId") ?? source.ToString();
        var first = fields.Time("timestamp") ?? now;
        var level = fields.Text("level") ?? "INFO";
        var message = fields.Text("message") ?? "";
        var count = (int?)fields.Integer("count", 0, MaxRows);
        var maxStep = (DateTimeOffset.MaxValue - first) / Math.Max(1, count ?? 1);
        var step = fields.Seconds("stepSeconds", maxStep) ?? TimeSpan.Zero;
        return Enumerable.Range(0, count ?? 1).Select(n => new LogRow(
            source,
            instance,
            first + (step * n),
            level,
            count is null ? message : string.Create(CultureInfo.InvariantCulture, $"{message} {n + 1}")));
    }
}
