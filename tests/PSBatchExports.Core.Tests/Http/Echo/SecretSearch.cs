using System.Collections;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace PSBatchExports.Core.Tests;

/// <summary>Looks for secrets in texts, whatever way they are written in.</summary>
internal static partial class SecretSearch
{
    /// <summary>So much of a secret counts as the secret.</summary>
    private const int Telling = 13;

    private const int MaxLayers = 4;

    /// <summary>The first text that holds a telling part of a secret; null for none.</summary>
    public static string? Find(IEnumerable<string> texts, IEnumerable<string> secrets)
    {
        var parts = secrets.SelectMany(PartsOf).ToArray();
        return texts.FirstOrDefault(text => Readings(text).Any(HasPart));

        bool HasPart(string reading) => Array.Exists(parts, part => reading.Contains(part, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>ResultText that a failure says to whoever prints it.</summary>
    public static IEnumerable<string> Of(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            yield return failure.ToString();
            foreach (DictionaryEntry entry in failure.Data)
                yield return $"{entry.Key} {entry.Value}";

            var properties = failure.GetType().GetProperties();
            foreach (var property in properties.Where(property => property.Name is not ("TargetSite" or "InnerException" or "Run")))
                yield return $"{property.GetValue(failure)}";
        }
    }

    private static IEnumerable<string> PartsOf(string secret) =>
        from start in Enumerable.Range(0, Math.Max(1, secret.Length - Telling + 1))
        select secret.Substring(start, Math.Min(Telling, secret.Length));

    private static IEnumerable<string> Readings(string text)
    {
        for (var layer = 0; layer < MaxLayers; layer++)
        {
            yield return text;
            foreach (var decoded in Base64(text))
                yield return decoded;

            var unescaped = WebUtility.HtmlDecode(Uri.UnescapeDataString(text));
            var next = Unicode().Replace(unescaped, match => ((char)Convert.ToInt32(match.Groups["unit"].Value, 16)).ToString());
            if (next == text)
                yield break;

            text = next;
        }
    }

    private static IEnumerable<string> Base64(string text) =>
        from Match run in Base64Run().Matches(text)
        from start in Enumerable.Range(0, 4)
        let units = run.Value[start..]
        let whole = units[..(units.Length / 4 * 4)]
        select Encoding.UTF8.GetString(Convert.FromBase64String(whole.Replace('-', '+').Replace('_', '/')));

    [GeneratedRegex(@"\\u(?<unit>[0-9A-Fa-f]{4})", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unicode();

    [GeneratedRegex("[A-Za-z0-9+/_-]{16,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Base64Run();
}
