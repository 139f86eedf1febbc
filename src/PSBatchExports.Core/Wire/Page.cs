using System.Text.Json;
using PSBatchExports.Json;

namespace PSBatchExports.Wire;

/// <summary>A page of a list (docs/wire.md, section 5).</summary>
internal sealed record Page<T> where T : class
{
    /// <summary>The total number of items; null for lists with cursor pagination.</summary>
    public long? Count { get; init; }

    public string? Next { get; init; }

    public required IReadOnlyList<T> Results { get; init; }

    public static JsonRead<Page<T>> Reader(JsonRead<T> readItem) => (ref json) => Read(ref json, readItem);

    private static Page<T> Read(ref Utf8JsonReader json, JsonRead<T> readItem)
    {
        long? count = null;
        string? next = null;
        IReadOnlyList<T>? results = null;
        json.EnterObject();
        while (json.NextField(out var name))
        {
            switch (name)
            {
                case "count": count = json.Long(); break;
                case "next": next = json.Text(); break;
                case "results": results = json.List(readItem) ?? []; break;
                default: json.Skip(); break;
            }
        }

        return new() { Count = count, Next = next, Results = results ?? throw new JsonException("There are no results.") };
    }
}
