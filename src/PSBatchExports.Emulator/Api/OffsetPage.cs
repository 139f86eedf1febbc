using System.Globalization;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>A page of a list by limit and offset.</summary>
internal static class OffsetPage
{
    private const int DefaultLimit = 100;

    public static EmulatorResponse Create<T>(IReadOnlyList<T> all, EmulatorRequest request, PageLinks links, Func<T, JsonNode> toJson)
    {
        var limit = ParsePositive(request.Parameter("limit"), DefaultLimit);
        var offset = ParsePositive(request.Parameter("offset"), 0);
        var next = offset + limit < all.Count ? links.With(request, ("limit", Text(limit)), ("offset", Text(offset + limit))) : null;
        var previous = offset <= 0
            ? null
            : links.With(request, ("limit", Text(limit)), ("offset", offset - limit > 0 ? Text(offset - limit) : null));
        var page = all.Skip((int)Math.Min(offset, int.MaxValue)).Take((int)Math.Min(limit, int.MaxValue));
        return EmulatorResponse.Json(200, new JsonObject
        {
            ["count"] = all.Count,
            ["next"] = next,
            ["previous"] = previous,
            ["results"] = new JsonArray([.. page.Select(toJson)]),
        });
    }

    private static long ParsePositive(string? text, int otherwise) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : otherwise;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
