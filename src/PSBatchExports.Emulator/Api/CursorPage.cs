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
    /// <param name="find">Finds the item with a key; null searches them all.</param>
    /// <param name="isListed">Whether the list contains an item; null if it contains all.</param>
    public static EmulatorResponse Create<T>(
        IReadOnlyList<T> all,
        EmulatorRequest request,
        PageLinks links,
        int size,
        Func<T, string> getKey,
        Func<T, JsonNode> toJson,
        Func<string, int>? find = null,
        Func<T, bool>? isListed = null)
    {
        var (index, reverse) = (-1, false);
        if (request.Parameter("cursor") is { } cursor)
        {
            (var key, reverse) = Decode(cursor);
            index = find is null ? Find(all, getKey, key) : find(key);
        }

        var after = Listed(all, index + 1, 1, isListed);
        var before = Listed(all, index - 1, -1, isListed);
        var page = (reverse ? before : after).Take(size + 1).ToList();
        var goesOn = page.Count > size;
        if (goesOn)
            page.RemoveAt(size);
        if (reverse)
            page.Reverse();
        var hasNext = reverse ? Listed(all, index, 1, isListed).Any() : goesOn;
        var hasPrevious = reverse ? goesOn : Listed(all, index, -1, isListed).Any();
        return EmulatorResponse.Json(200, new JsonObject
        {
            ["next"] = hasNext && page.Count > 0 ? Link("p=" + getKey(page[^1])) : null,
            ["previous"] = hasPrevious && page.Count > 0 ? Link(ReverseMarker + "p=" + getKey(page[0])) : null,
            ["results"] = new JsonArray([.. page.Select(toJson)]),
        });

        string Link(string cursor) => links.With(request, ("cursor", Encode(cursor)));
    }

    private static IEnumerable<T> Listed<T>(IReadOnlyList<T> all, int from, int step, Func<T, bool>? isListed)
    {
        var first = step > 0 ? Math.Max(from, 0) : Math.Min(from, all.Count - 1);
        for (var index = first; index >= 0 && index < all.Count; index += step)
        {
            if (isListed?.Invoke(all[index]) != false)
                yield return all[index];
        }
    }

    private static int Find<T>(IReadOnlyList<T> all, Func<T, string> getKey, string key)
    {
        for (var index = 0; index < all.Count; index++)
        {
            if (getKey(all[index]) == key)
                return index;
        }

        return all.Count;
    }

    private static string Encode(string cursor) => Convert.ToBase64String(Encoding.UTF8.GetBytes(cursor));

    private static (string Key, bool Reverse) Decode(string cursor)
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
