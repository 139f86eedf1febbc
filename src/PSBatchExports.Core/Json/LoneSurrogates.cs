using System.Buffers.Text;

namespace PSBatchExports.Json;

/// <summary>
/// Halves of characters, as cutting a text in two leaves them (<c>"\ud83d"</c>). JSON may write them, .NET refuses to read them; they become U+FFFD, so that a
/// list is not lost over a log line that was cut.
/// </summary>
internal static class LoneSurrogates
{
    private const int EscapeLength = 6;

    /// <summary>Replaces them in a JSON text, whose length stays.</summary>
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

    // What is no escape of four digits is 0, which is no half of anything.
    private static int UnitAt(ReadOnlySpan<byte> json, int at) =>
        at + EscapeLength <= json.Length && json[at] == '\\' && json[at + 1] == 'u'
        && Utf8Parser.TryParse(json.Slice(at + 2, 4), out ushort unit, out var used, 'x') && used == 4 ? unit : 0;

    private static bool IsHigh(int unit) => unit is >= 0xD800 and <= 0xDBFF;

    private static bool IsLow(int unit) => unit is >= 0xDC00 and <= 0xDFFF;
}
