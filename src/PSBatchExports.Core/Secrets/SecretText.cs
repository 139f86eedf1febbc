using System.Collections;
using System.Text;

namespace PSBatchExports.Secrets;

/// <summary>
/// Finds secrets in a text, without regard to case, plain or encoded for URLs, JSON, XML, Base64 or hex. A part of a long secret is enough,
/// because texts are truncated. A short secret must be a whole word, because it may occur in others.
/// </summary>
internal static class SecretText
{
    public const string Hidden = "***";

    private const int MinLength = 4;
    private const int MinMatchLength = 11;
    private const int SeedLength = 6;
    private const int MaxLayers = 4;

    /// <summary>Replaces all secrets in a text.</summary>
    public static string Replace(string text, IEnumerable<Secret> secrets)
    {
        var longEnough = secrets.Where(secret => secret.Text.Length >= MinLength).ToArray();
        if (longEnough.Length == 0)
            return text;

        var hidden = new BitArray(text.Length);
        var isFound = false;
        var layer = DecodedText.From(text);
        for (var depth = 0; depth < MaxLayers && layer is not null; depth++, layer = layer.Decode())
        {
            foreach (var secret in longEnough)
                isFound |= Mark(layer, secret, hidden);
        }

        return isFound ? Without(text, hidden) : text;
    }

    private static bool Mark(DecodedText text, Secret secret, BitArray hidden)
    {
        var isFound = false;
        foreach (var (form, isEncoded) in secret.Forms)
        {
            isFound |= form.Length < MinMatchLength
                ? MarkWholeMatches(text, form, isWord: !isEncoded, hidden)
                : MarkPartialMatches(text, form, hidden);
        }

        return isFound;
    }

    private static bool MarkPartialMatches(DecodedText text, string secret, BitArray hidden)
    {
        // Every long enough part of the secret contains one of these seeds.
        var isFound = false;
        for (var seed = 0; seed + SeedLength <= secret.Length; seed += SeedLength)
        {
            for (var at = Find(text, secret.AsSpan(seed, SeedLength), 0); at >= 0; at = Find(text, secret.AsSpan(seed, SeedLength), at + 1))
            {
                var (start, end) = Extend(text.Text, at, secret, seed);
                if (end - start < MinMatchLength)
                    continue;

                text.Mark(start, end, hidden);
                isFound = true;
            }
        }

        return isFound;
    }

    private static bool MarkWholeMatches(DecodedText text, string secret, bool isWord, BitArray hidden)
    {
        var isFound = false;
        for (var at = Find(text, secret, 0); at >= 0; at = Find(text, secret, at + 1))
        {
            var end = at + secret.Length;
            if (isWord && (IsInsideWord(text.Text, at) || IsInsideWord(text.Text, end)))
                continue;

            text.Mark(at, end, hidden);
            isFound = true;
        }

        return isFound;
    }

    private static int Find(DecodedText text, ReadOnlySpan<char> part, int from)
    {
        var at = text.Text.AsSpan(from).IndexOf(part, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? -1 : from + at;
    }

    private static (int Start, int End) Extend(string text, int at, string secret, int seed)
    {
        var (start, end) = (at, at + SeedLength);
        for (var before = seed - 1; before >= 0 && start > 0 && IsSame(text[start - 1], secret[before]); before--)
            start--;

        for (var after = seed + SeedLength; after < secret.Length && end < text.Length && IsSame(text[end], secret[after]); after++)
            end++;

        return (start, end);
    }

    private static bool IsSame(char one, char other) => char.ToUpperInvariant(one) == char.ToUpperInvariant(other);

    // Whether the position is between two characters of one word.
    private static bool IsInsideWord(string text, int at) => at > 0 && at < text.Length && IsInWord(text[at - 1]) && IsInWord(text[at]);

    private static bool IsInWord(char character) => char.IsLetterOrDigit(character) || character == '_';

    private static string Without(string text, BitArray hidden)
    {
        var shown = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (!hidden[at])
                shown.Append(text[at]);
            else if (at == 0 || !hidden[at - 1])
                shown.Append(Hidden);
        }

        return shown.ToString();
    }
}
