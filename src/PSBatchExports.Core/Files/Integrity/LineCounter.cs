using System.Numerics;
using System.Runtime.Intrinsics;

namespace PSBatchExports.Files.Integrity;

/// <summary>
/// Counts the lines of a text that is added in pieces. An empty line does not count; a last line without a line break does.
/// </summary>
internal sealed class LineCounter
{
    private const byte LineBreak = (byte)'\n';

    private long _ended;
    private byte _last = LineBreak;

    public long Lines => _last == LineBreak ? _ended : _ended + 1;

    public void Add(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return;

        if (text[0] == LineBreak && _last != LineBreak)
            _ended++;

        _ended += LineEnds(text);
        _last = text[^1];
    }

    // Line breaks that follow something else, from the second byte on.
    private static long LineEnds(ReadOnlySpan<byte> text)
    {
        long ends = 0;
        var at = 1;
        if (Vector128.IsHardwareAccelerated)
        {
            var lineBreaks = Vector128.Create(LineBreak);
            for (; at <= text.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
            {
                var isBreak = Vector128.Equals(Vector128.Create(text.Slice(at, Vector128<byte>.Count)), lineBreaks);
                if (isBreak == Vector128<byte>.Zero)
                    continue;

                var followsBreak = Vector128.Equals(Vector128.Create(text.Slice(at - 1, Vector128<byte>.Count)), lineBreaks);
                ends += BitOperations.PopCount(Vector128.AndNot(isBreak, followsBreak).ExtractMostSignificantBits());
            }
        }

        for (; at < text.Length; at++)
        {
            if (text[at] == LineBreak && text[at - 1] != LineBreak)
                ends++;
        }

        return ends;
    }
}
