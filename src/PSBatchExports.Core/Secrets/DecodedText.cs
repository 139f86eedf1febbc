using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Net;
using System.Text;

namespace PSBatchExports.Secrets;

/// <summary>A text with decoded escapes that maps each of its characters back to the original text.</summary>
internal sealed class DecodedText
{
    private const int MaxEntityLength = 10;

    private static readonly SearchValues<char> Escapes = SearchValues.Create("%\\&");

    private readonly (int Start, int End)[]? _origins;

    private DecodedText(string text, (int Start, int End)[]? origins) => (Text, _origins) = (text, origins);

    public string Text { get; }

    public static DecodedText From(string text) => new(text, origins: null);

    /// <summary>Marks the characters of the original text that a part of this text came from.</summary>
    public void Mark(int start, int end, BitArray marks)
    {
        for (var at = start; at < end; at++)
        {
            var origin = Origin(at);
            for (var place = origin.Start; place < origin.End; place++)
                marks[place] = true;
        }
    }

    /// <summary>Decodes one layer of percent, JSON and XML escapes; null if there are none.</summary>
    public DecodedText? Decode()
    {
        if (Text.AsSpan().IndexOfAny(Escapes) < 0)
            return null;

        var decoded = new StringBuilder(Text.Length);
        var origins = new List<(int Start, int End)>(Text.Length);
        for (var at = 0; at < Text.Length;)
        {
            var (value, length) = Next(at);
            foreach (var character in value)
            {
                decoded.Append(character);
                origins.Add((Origin(at).Start, Origin(at + length - 1).End));
            }

            at += length;
        }

        return decoded.Length == Text.Length ? null : new DecodedText(decoded.ToString(), [.. origins]);
    }

    private (int Start, int End) Origin(int at) => _origins?[at] ?? (at, at + 1);

    private (string Value, int Length) Next(int at) => Text[at] switch
    {
        '%' => Percent(at),
        '\\' => Backslash(at),
        '&' => Entity(at),
        var other => (other.ToString(), 1),
    };

    private (string Value, int Length) Percent(int at)
    {
        Span<byte> bytes = stackalloc byte[4];
        var count = 0;
        for (var next = at; count < bytes.Length && next < Text.Length && Text[next] == '%' && Hex(next + 1, 2) is { } value; next += 3)
            bytes[count++] = (byte)value;

        if (count == 0)
            return ("%", 1);

        return Rune.DecodeFromUtf8(bytes[..count], out var rune, out var used) == OperationStatus.Done
            ? (rune.ToString(), 3 * used)
            : (((char)bytes[0]).ToString(), 3);
    }

    private (string Value, int Length) Backslash(int at)
    {
        if (at + 1 == Text.Length)
            return ("\\", 1);

        return Text[at + 1] switch
        {
            'u' when Hex(at + 2, 4) is { } unit => (((char)unit).ToString(), 6),
            'n' => ("\n", 2),
            'r' => ("\r", 2),
            't' => ("\t", 2),
            '"' or '\'' or '\\' or '/' => (Text[at + 1].ToString(), 2),
            _ => ("\\", 1),
        };
    }

    private (string Value, int Length) Entity(int at)
    {
        var end = Text.AsSpan(at, Math.Min(MaxEntityLength, Text.Length - at)).IndexOf(';');
        var entity = end < 0 ? "&" : Text.Substring(at, end + 1);
        var decoded = WebUtility.HtmlDecode(entity);
        return decoded == entity ? ("&", 1) : (decoded, entity.Length);
    }

    private int? Hex(int at, int digits) =>
        at + digits <= Text.Length
        && int.TryParse(Text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
