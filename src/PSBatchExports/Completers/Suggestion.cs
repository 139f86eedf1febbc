namespace PSBatchExports.Completers;

/// <summary>What Tab may put on the line.</summary>
/// <param name="Text">What is put in, before quoting.</param>
/// <param name="Label">What the menu shows.</param>
/// <param name="Tip">What is said of it below the menu.</param>
internal sealed record Suggestion(string Text, string Label, string Tip)
{
    /// <summary>What a word may be the beginning of, beside the text itself.</summary>
    public IReadOnlyList<string?> Beginnings { get; init; } = [];

    /// <summary>What a word may be any part of.</summary>
    public string? Whole { get; init; }

    /// <summary>Those that fit the word, the ones that begin with it first; what cannot be typed is left out.</summary>
    public static IEnumerable<Suggestion> Fitting(IEnumerable<Suggestion> suggestions, string word) => suggestions
        .Where(suggestion => suggestion.Text.Length > 0 && DisplayText.Harmless(suggestion.Text) == suggestion.Text && !suggestion.Text.Contains('\n', StringComparison.Ordinal))
        .Select(suggestion => (Suggestion: suggestion, Rank: suggestion.Rank(word)))
        .Where(ranked => ranked.Rank < 2)
        .OrderBy(ranked => ranked.Rank)
        .Select(ranked => ranked.Suggestion);

    /// <summary>A few words in a row, as far as there are any.</summary>
    public static string Join(params string?[] words) => string.Join(", ", words.Select(DisplayText.Line).OfType<string>());

    private int Rank(string word)
    {
        if (Beginnings.Append(Text).Append(Whole).Any(beginning => beginning?.StartsWith(word, StringComparison.OrdinalIgnoreCase) == true))
            return 0;

        return Whole?.Contains(word, StringComparison.OrdinalIgnoreCase) == true ? 1 : 2;
    }
}
