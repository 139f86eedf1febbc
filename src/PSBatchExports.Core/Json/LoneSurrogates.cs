using System.Buffers.Text;

namespace PSBatchExports.Json;

/// <summary>
/// Unpaired surrogates, as left by truncated text (<c>"\ud83d"</c>). They are valid JSON, but .NET refuses to read them. They become
/// U+FFFD, so that one truncated log line does not make a whole list unreadable.
/// </summary>
internal static class LoneSurrogates
{
    private const int EscapeLength = 6;

    /// <summary>Replaces them in place; the length of the JSON stays the same.</summary>
    public static void Replace(Span<byte> json)
    {
        for (var at = json.IndexOf((byte)'\\'); at >= 0 && at < json.Length;)
        {
            var unit = UnitAt(json, at);
            if (IsHigh(unit) && IsLow(UnitAt(json, at + EscapeLength)))
            {
                at += 2 * EscapeLength;
            }
            else if (IsHigh(unit) || IsLow(unit))
            {
                "\\uFFFD"u8.CopyTo(json[at..]);
                at += EscapeLength;
            }
            else
            {
                at += 2;
            }

            var next = at < json.Length ? json[at..].IndexOf((byte)'\\') : -1;
            at = next < 0 ? json.Length : at + next;
        }
    }

    // Returns 0 if this is not a \uXXXX escape.
    private static int UnitAt(ReadOnlySpan<byte> json, int at) =>
        at + EscapeLength <= json.Length && json[at] == '\\' && json[at + 1] == 'u'
        && Utf8Parser.TryParse(json.Slice(at + 2, 4), out ushort unit, out var used, 'x') && used == 4 ? unit : 0;

    private static bool IsHigh(int unit) => unit is >= 0xD800 and <= 0xDBFF;

    private static bool IsLow(int unit) => unit is >= 0xDC00 and <= 0xDFFF;
}
