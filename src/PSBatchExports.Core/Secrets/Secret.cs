using System.Text;

namespace PSBatchExports.Secrets;

/// <summary>A secret, and the ways in which a server may write it that are not undone by <see cref="DecodedText"/>.</summary>
/// <param name="Text">The secret as it is.</param>
internal readonly record struct Secret(string Text)
{
    private const int LeastEncodedLength = 6;

    /// <summary>Whether it is looked for in Base64 and hex too: secrets are sent in such forms, signatures are not.</summary>
    public bool MayBeEncoded { get; init; } = true;

    public IEnumerable<(string Text, bool IsEncoded)> Forms()
    {
        yield return (Text, false);
        if (Text.Contains(' ', StringComparison.Ordinal))
            yield return (Text.Replace(' ', '+'), false);

        var bytes = Encoding.UTF8.GetBytes(Text);

        // Headers are read as Latin-1 whatever they are.
        if (bytes.Length != Text.Length)
            yield return (Encoding.Latin1.GetString(bytes), false);

        if (!MayBeEncoded)
            yield break;

        yield return (Convert.ToHexString(bytes), true);
        for (var shift = 0; shift < 3; shift++)
        {
            if (Base64(bytes, shift) is not { Length: >= LeastEncodedLength } core)
                continue;

            yield return (core, true);
            yield return (core.Replace('+', '-').Replace('/', '_'), true);
        }
    }

    // The characters that do not depend on what stands before and after, where so many bytes of a group of three stand before.
    private static string Base64(byte[] secret, int shift)
    {
        var encoded = Convert.ToBase64String([.. new byte[shift], .. secret]);
        var start = ((shift * 8) + 5) / 6;
        var end = (shift + secret.Length) * 8 / 6;
        return encoded[start..Math.Max(start, end)];
    }
}
