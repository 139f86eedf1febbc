namespace PSBatchExports.Proofs;

/// <summary>What was found out about a file.</summary>
internal sealed record FileFindings
{
    /// <summary>What contradicts the level Files, as clauses.</summary>
    public IReadOnlyList<string> Damage { get; init; } = [];

    /// <summary>The number of rows; null if it was not or cannot be counted.</summary>
    public long? Rows { get; init; }

    /// <summary>Why the rows cannot be counted, as a clause; null if they can.</summary>
    public string? CountLimit { get; init; }

    /// <summary>What contradicts the level Rows, as a clause; null for nothing.</summary>
    public string? RowDamage { get; init; }

    /// <summary>Why the keys of the rows cannot be read, as a clause; null if they can.</summary>
    public string? RowLimit { get; init; }

    /// <summary>Whether the rows are those of Parquet, which other programs can read.</summary>
    public bool IsParquet { get; init; }
}
