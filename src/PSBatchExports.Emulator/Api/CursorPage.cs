using System.Text;
using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>Cursor pages: a cursor names the item that a page begins after, or ends before.</summary>
internal static class CursorPage
{
    private const string Backwards = "r=1&";

    /// <param name="all">Every item, in the order of the list.</param>
    /// <param name="position">A text that names an item within its list.</param>
    public static Answer Of<T>(
        IReadOnlyList<T> all, EmulatorRequest request, PageLinks links, int size, Func<T, string> position, Func<T, JsonNode> show)
    {
        var first = 0;
        if (request.Parameter("cursor") is { } cursor)
        {
            var (name, reverse) = Read(cursor);
            var index = Find(all, position, name);
            first = reverse ? Math.Max(0, index - size) : index + 1;
        }

        var page = all.Skip(first).Take(size).ToArray();
        var isLast = first + page.Length >= all.Count;
        return Answer.Json(200, new JsonObject
        {
            ["next"] = isLast || page.Length == 0 ? null : links.With(request, ("cursor", Write("p=" + position(page[^1])))),
            ["previous"] = first == 0 || page.Length == 0 ? null : links.With(request, ("cursor", Write(Backwards + "p=" + position(page[0])))),
            ["results"] = new JsonArray([.. page.Select(show)]),
        });
    }

    private static int Find<T>(IReadOnlyList<T> all, Func<T, string> position, string name)
    {
        for (var index = 0; index < all.Count; index++)
        {
            if (position(all[index]) == name)
                return index;
        }

        return all.Count;
    }

    private static string Write(string cursor) => Convert.ToBase64String(Encoding.UTF8.GetBytes(cursor));

    private static (string Name, bool Reverse) Read(string cursor)
    {
        var buffer = new byte[cursor.Length];
        if (!Convert.TryFromBase64String(cursor, buffer, out var length))
            throw Problem.NotFound("Invalid cursor");
        var text = Encoding.UTF8.GetString(buffer, 0, length);
        var reverse = text.StartsWith(Backwards, StringComparison.Ordinal);
        text = reverse ? text[Backwards.Length..] : text;
        return text.StartsWith("p=", StringComparison.Ordinal) ? (text[2..], reverse) : throw Problem.NotFound("Invalid cursor");
    }
}
