using System.Globalization;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator.State;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Reads a bound of a backfill in the format that the export's interval requires.</summary>
internal static class BackfillBound
{
    public static DateTimeOffset? Read(JsonNode? node, StoredExport export)
    {
        if (node is null)
            return null;

        var text = node.ToString();
        return export.Interval is "day" or "week" ? Date(text, export) : Timestamp(text);
    }

    private static DateTimeOffset Timestamp(string text)
    {
        var time = WireInput.Timestamp(text) ?? throw Problem.Invalid($"Input {text} is not a valid ISO formatted datetime.");
        return WireInput.IsNaive(text) ? throw Problem.Invalid($"Input {text} is naive.") : time;
    }

    private static DateTimeOffset Date(string text, StoredExport export)
    {
        if (!WireInput.IsDateOnly(text) || !DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            var hint = WireInput.Timestamp(text) is null
                ? ""
                : " Daily or weekly batch export backfills expect only the date component, but a time was included.";
            throw Problem.Invalid($"Input '{text}' is not a valid ISO formatted date.{hint}");
        }

        if (export.OffsetDay is { } day && (int)date.DayOfWeek != day)
        {
            throw Problem.Invalid(
                $"Input {text} is not on the correct day of the week for this batch export. "
                + $"{text} is a {date.DayOfWeek} but this batch export is configured to run weekly on {(DayOfWeek)day}.");
        }

        return LocalTime.ToUtc(date.AddHours(export.OffsetHour ?? 0), TimeZoneInfo.FindSystemTimeZoneById(export.TimeZone));
    }
}
