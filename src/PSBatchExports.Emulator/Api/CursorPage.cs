using System.Text;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>A page of a list by cursor. A cursor names the item that the page starts after, or ends before.</summary>
internal static class CursorPage
{
    private const string ReverseMarker = "r=1&";

    /// <param name="all">All items, in the order of the list.</param>
    /// <param name="getKey">Returns a unique key of an item.</param>
    public static EmulatorResponse Create<T>(
        IReadOnlyList<T> all, EmulatorRequest request, PageLinks links, int size, Func<T, string> getKey, Func<T, JsonNode> toJson)
    {
        var first = 0;
        if (request.Parameter("cursor") is { } cursor)
        {
            var (name, reverse) = Decode(cursor);
            var index = Find(all, getKey, name);
            first = reverse ? Math.Max(0, index - size) : index + 1;
        }

        var page = all.Skip(first).Take(size).ToArray();
        var isLast = first + page.Length >= all.Count;
        return EmulatorResponse.Json(200, new JsonObject
        {
            ["next"] = isLast || page.Length == 0 ? null : Link("p=" + getKey(page[^1])),
            ["previous"] = first == 0 || page.Length == 0 ? null : Link(ReverseMarker + "p=" + getKey(page[0])),
            ["results"] = new JsonArray([.. page.Select(toJson)]),
        });

        string Link(string cursor) => links.With(request, ("cursor", Encode(cursor)));
    }

    private static int Find<T>(IReadOnlyList<T> all, Func<T, string> getKey, string name)
    {
        for (var index = 0; index < all.Count; index++)
        {
            if (getKey(all[index]) == name)
                return index;
        }

        return all.Count;
    }

    private static string Encode(string cursor) => Convert.ToBase64String(Encoding.UTF8.GetBytes(cursor));

    private static (string Name, bool Reverse) Decode(string cursor)
    {
        var buffer = new byte[cursor.Length];
        if (!Convert.TryFromBase64String(cursor, buffer, out var length))
            throw Problem.NotFound("Invalid cursor");

        var text = Encoding.UTF8.GetString(buffer, 0, length);
        var reverse = text.StartsWith(ReverseMarker, StringComparison.Ordinal);
        text = reverse ? text[ReverseMarker.Length..] : text;
        return text.StartsWith("p=", StringComparison.Ordinal) ? (text[2..], reverse) : throw Problem.NotFound("Invalid cursor");
    }
}
