namespace PSBatchExports.Proofs;

/// <summary>Writes queries for DuckDB that find the rows that Parquet files have more than once.</summary>
internal static class DuplicateQuery
{
    public static string Of(ExpectedWindow window, RowKeyRule rule)
    {
        var files = PatternOf(window, rule).Replace('\\', '/').Replace("'", "''", StringComparison.Ordinal);
        return $"SELECT {rule.Column}, count(*) FROM read_parquet('{files}') GROUP BY ALL HAVING count(*) > 1";
    }

    private static string PatternOf(ExpectedWindow window, RowKeyRule rule)
    {
        if (window.IsSingleFile)
            return window.FullName!;

        // The windows of a ledger are folders side by side.
        var isWholeModel = window.Source == LedgerExpectations.SourceName && rule.IsUniqueInScope;
        return isWholeModel
            ? Path.Combine(Path.GetDirectoryName(window.FullName!)!, "*", "*.parquet*")
            : Path.Combine(window.FullName!, "*.parquet*");
    }
}
