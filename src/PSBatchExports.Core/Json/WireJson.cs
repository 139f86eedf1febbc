using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace PSBatchExports;

/// <summary>Reads JSON from outside.</summary>
internal static class WireJson
{
    /// <param name="json">The text; halves of characters in it are replaced in place.</param>
    /// <param name="type">What it is read as.</param>
    /// <exception cref="JsonException">It cannot be read as that.</exception>
    public static T? Read<T>(Span<byte> json, JsonTypeInfo<T> type)
    {
        // The reader looks at texts only when they are asked for, which for fields that the module does not know is later, at the caller's.
        if (!Utf8.IsValid(json))
            throw new JsonException("The text is not UTF-8.");

        LoneSurrogates.Replace(json);
        return JsonSerializer.Deserialize(json, type);
    }

    /// <summary>Makes a type ready, beside whatever else goes on.</summary>
    public static Task<JsonTypeInfo<T>> PrepareAsync<T>(WireType<T> type) => Task.Run(() =>
    {
        var ready = type(WireContext.Default);
        JsonSerializer.Deserialize("null"u8, ready);
        return ready;
    });

    /// <summary>A list that holds something everywhere: left out, a null would move what comes after it.</summary>
    /// <exception cref="JsonException">It holds a null.</exception>
    public static IReadOnlyList<T>? Whole<T>(IReadOnlyList<T>? items) =>
        items?.Any(item => item is null) == true ? throw new JsonException("A list holds null.") : items;
}
