using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Matches names against texts with wildcards, without regard to case, and remembers which literal ones were met.</summary>
internal sealed class NameFilter
{
    private readonly List<(string Text, WildcardPattern Pattern)> _patterns;
    private readonly HashSet<string> _unmatched;

    public NameFilter(IEnumerable<string>? names)
    {
        _patterns = (names ?? []).Select(name => (name, WildcardPattern.Get(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant))).ToList();
        _unmatched = new HashSet<string>(_patterns.Select(entry => entry.Text).Where(name => !WildcardPattern.ContainsWildcardCharacters(name)), StringComparer.OrdinalIgnoreCase);
    }

    public IReadOnlyCollection<string> Unmatched => _unmatched;

    public bool Matches(string? name)
    {
        if (_patterns.Count == 0)
            return true;

        var matches = false;
        foreach (var (text, pattern) in _patterns)
        {
            // A literal name may hold brackets that read as a wildcard.
            if (name is null || !(pattern.IsMatch(name) || string.Equals(text, name, StringComparison.OrdinalIgnoreCase)))
                continue;

            matches = true;
            _unmatched.Remove(text);
        }

        return matches;
    }
}
