using System.Text;

namespace PSBatchExports.Core.Tests;

/// <summary>Repeatable choices of one seed.</summary>
internal sealed class Draw(int seed)
{
    private const string LettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly Random _random = new(seed);

    public bool Chance(double share) => _random.NextDouble() < share;

    public int Below(int limit) => _random.Next(limit);

    public T Of<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    public string Word(int length, string alphabet = LettersAndDigits) =>
        new([.. Enumerable.Range(0, length).Select(_ => alphabet[_random.Next(alphabet.Length)])]);

    public string Password() => Word(14) + Word(6, "/\"<&%+=?@ ") + Word(14);

    /// <summary>A secret as a server may write it: as it is, or encoded in one of the ways of the web, or cut.</summary>
    public string Disguised(string secret, bool isSigned) => Below(11) switch
    {
        0 => secret.ToUpperInvariant(),
        1 => secret.ToLowerInvariant(),
        2 => Uri.EscapeDataString(secret),
        3 => Uri.EscapeDataString(Uri.EscapeDataString(secret)),
        4 => string.Concat(Encoding.UTF8.GetBytes(secret).Select(unit => $"%{unit:x2}")),
        5 => string.Concat(secret.Select(unit => $"\\u{(int)unit:X4}")),
        6 => System.Net.WebUtility.HtmlEncode(secret),
        7 when !isSigned => Convert.ToBase64String(Encoding.UTF8.GetBytes(Word(Below(9)) + secret + Word(Below(5)))),
        8 => secret[..(secret.Length * 2 / 3)],
        _ => secret,
    };
}
