namespace PSBatchExports.Completers;

/// <summary>A candidate for completion.</summary>
/// <param name="Text">The text to insert, before quoting.</param>
/// <param name="ListItemText">The text in the menu.</param>
/// <param name="ToolTip">The text below the menu.</param>
internal sealed record Suggestion(string Text, string ListItemText, string ToolTip)
{
    private const int NoMatch = 2;

    /// <summary>Texts that the word may be a prefix of, besides <see cref="Text"/>.</summary>
    public IReadOnlyList<string?> Prefixes { get; init; } = [];

    /// <summary>A text that may contain the word anywhere.</summary>
    public string? SearchText { get; init; }

    /// <summary>The suggestions that match the word, prefix matches first. Text that cannot be typed is left out.</summary>
    public static IEnumerable<Suggestion> Match(IEnumerable<Suggestion> suggestions, string word) =>
        from suggestion in suggestions
        where suggestion.IsTypeable
        let rank = suggestion.Rank(word)
        where rank < NoMatch
        orderby rank
        select suggestion;

    /// <summary>Joins the words that are not null.</summary>
    public static string Join(params string?[] words) => string.Join(", ", words.Select(DisplayText.Line).OfType<string>());

    private bool IsTypeable => Text.Length > 0 && DisplayText.Harmless(Text) == Text && !Text.Contains('\n', StringComparison.Ordinal);

    private int Rank(string word)
    {
        if (Prefixes.Append(Text).Append(SearchText).Any(text => text?.StartsWith(word, StringComparison.OrdinalIgnoreCase) == true))
            return 0;

        return SearchText?.Contains(word, StringComparison.OrdinalIgnoreCase) == true ? 1 : NoMatch;
    }
}
