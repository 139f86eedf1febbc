using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Matches names against wildcard patterns, ignoring case, and tracks which literal names have matched. Thread-safe.</summary>
internal sealed class NameFilter
{
    private const char Escape = '`';

    // A literal name may contain brackets, which are also wildcards.
    private readonly HashSet<string> _literals;
    private readonly List<NamePattern> _patterns = [];
    private readonly HashSet<string> _unmatched = new(StringComparer.OrdinalIgnoreCase);

    public NameFilter(IEnumerable<string>? names)
    {
        _literals = new HashSet<string>(names ?? [], StringComparer.OrdinalIgnoreCase);
        foreach (var text in _literals)
        {
            var hasWildcards = WildcardPattern.ContainsWildcardCharacters(text);
            var pattern = hasWildcards || text.Contains(Escape, StringComparison.Ordinal) ? Pattern(text) : null;
            if (pattern is not null)
                _patterns.Add(new NamePattern(text, pattern));

            if (pattern is null || !hasWildcards)
                _unmatched.Add(text);
        }
    }

    /// <summary>The literal names that have not matched.</summary>
    public IReadOnlyCollection<string> Unmatched
    {
        get
        {
            lock (_unmatched)
                return [.. _unmatched];
        }
    }

    public bool Matches(string? name)
    {
        if (_literals.Count == 0)
            return true;

        if (name is null)
            return false;

        var matches = _literals.Contains(name);
        if (matches)
            Remove(name);

        foreach (var (text, pattern) in _patterns)
        {
            if (!pattern.IsMatch(name))
                continue;

            matches = true;
            Remove(text);
        }

        return matches;
    }

    private void Remove(string text)
    {
        lock (_unmatched)
            _unmatched.Remove(text);
    }

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

    private sealed record NamePattern(string Text, WildcardPattern Pattern);
}
