using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Matches names against wildcard patterns, ignoring case, and tracks which literal names have matched.</summary>
internal sealed class NameFilter
{
    private readonly List<(string Text, WildcardPattern? Pattern)> _patterns;
    private readonly HashSet<string> _unmatched;

    public NameFilter(IEnumerable<string>? names)
    {
        _patterns = (names ?? []).Select(name => (name, Pattern(name))).ToList();
        var literals =
            from entry in _patterns
            where entry.Pattern is null || !WildcardPattern.ContainsWildcardCharacters(entry.Text)
            select entry.Text;
        _unmatched = new HashSet<string>(literals, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The literal names that have not matched.</summary>
    public IReadOnlyCollection<string> Unmatched => _unmatched;

    public bool Matches(string? name)
    {
        if (_patterns.Count == 0)
            return true;

        var matches = false;
        foreach (var (text, pattern) in _patterns)
        {
            if (!Matches(name, text, pattern))
                continue;

            matches = true;
            _unmatched.Remove(text);
        }

        return matches;
    }

    // A literal name may contain brackets, which are also wildcards.
    private static bool Matches(string? name, string text, WildcardPattern? pattern) =>
        name is not null && (string.Equals(text, name, StringComparison.OrdinalIgnoreCase) || pattern?.IsMatch(name) == true);

    // An invalid pattern, such as a single bracket, is a literal name.
    private static WildcardPattern? Pattern(string name)
    {
        try
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
            _ = pattern.IsMatch("");
            return pattern;
        }
        catch (WildcardPatternException)
        {
            return null;
        }
    }
}
