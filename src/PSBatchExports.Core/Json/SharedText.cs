using System.Text.Json;

namespace PSBatchExports.Json;

/// <summary>
/// Reads texts that repeat, such as names of fields and statuses, as one string each. It remembers a limited number of them and must not be
/// used for what a person wrote.
/// </summary>
internal static class SharedText
{
    private const int MaxLength = 48;

    private static readonly string?[] Known = new string?[1024];

    public static string Read(in Utf8JsonReader json)
    {
        var bytes = json.ValueSpan;
        if (bytes.Length > MaxLength || json.ValueIsEscaped)
            return json.GetString()!;

        ref var known = ref Known[Hash(bytes) % Known.Length];
        if (known is not { } text || !json.ValueTextEquals(text))
            known = text = json.GetString()!;

        return text;
    }

    // FNV-1a
    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261;
        foreach (var value in bytes)
            hash = (hash ^ value) * 16777619;

        return hash;
    }
}
