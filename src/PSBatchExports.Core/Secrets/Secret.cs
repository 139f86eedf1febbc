using System.Text;

namespace PSBatchExports.Secrets;

/// <summary>A secret, with the encodings that <see cref="DecodedText"/> does not decode.</summary>
/// <param name="text">The plain secret.</param>
internal sealed class Secret(string text)
{
    private const int MinEncodedLength = 6;

    private SecretForm[]? _forms;

    public string Text => text;

    /// <summary>Whether to look for it in Base64 and hex, too. Signatures are never sent like that.</summary>
    public bool MayBeEncoded { get; init; } = true;

    /// <summary>What to look for in a text; computed once.</summary>
    public IReadOnlyList<SecretForm> Forms => _forms ??= [.. Encodings().Distinct()];

    private IEnumerable<SecretForm> Encodings()
    {
        yield return new(Text, IsEncoded: false);
        if (Text.Contains(' ', StringComparison.Ordinal))
            yield return new(Text.Replace(' ', '+'), IsEncoded: false);

        var bytes = Encoding.UTF8.GetBytes(Text);

        // .NET decodes all headers as Latin-1.
        if (bytes.Length != Text.Length)
            yield return new(Encoding.Latin1.GetString(bytes), IsEncoded: false);

        if (!MayBeEncoded)
            yield break;

        yield return new(Convert.ToHexString(bytes), IsEncoded: true);
        for (var shift = 0; shift < 3; shift++)
        {
            if (Base64(bytes, shift) is not { Length: >= MinEncodedLength } core)
                continue;

            yield return new(core, IsEncoded: true);
            yield return new(core.Replace('+', '-').Replace('/', '_'), IsEncoded: true);
        }
    }

    // The Base64 characters that do not depend on the surrounding bytes, if the secret starts at this offset in a group of three bytes.
    private static string Base64(byte[] secret, int shift)
    {
        var encoded = Convert.ToBase64String([.. new byte[shift], .. secret]);
        var start = ((shift * 8) + 5) / 6;
        var end = (shift + secret.Length) * 8 / 6;
        return encoded[start..Math.Max(start, end)];
    }
}
