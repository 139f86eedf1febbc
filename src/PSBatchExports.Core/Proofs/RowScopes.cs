namespace PSBatchExports.Proofs;

/// <summary>Numbers the scopes in which rows must be unique.</summary>
internal sealed class RowScopes
{
    private readonly int[] _scopes;

    public RowScopes(IReadOnlyList<ExpectedWindow> windows)
    {
        var numbers = new Dictionary<string, int>(PathScope.Comparer);
        _scopes = [.. windows.Select((window, number) => Number(numbers, window, number))];
    }

    /// <summary>The scope of a window by its number.</summary>
    public int Of(int window) => _scopes[window];

    private static int Number(Dictionary<string, int> numbers, ExpectedWindow window, int number)
    {
        var isShared = window.RowScope is not null && RowKeyRule.Of(window.Model).IsUniqueInScope;
        var scope = isShared ? window.RowScope! : FormattableString.Invariant($"window {number}");
        if (numbers.TryGetValue(scope, out var known))
            return known;

        numbers[scope] = numbers.Count;
        return numbers.Count - 1;
    }
}
