namespace PSBatchExports.Proofs;

/// <summary>Which column identifies a row of a model.</summary>
/// <param name="Column">The name of the column.</param>
/// <param name="IsRequired">Whether every row must have it.</param>
/// <param name="IsUniqueInScope">Whether no other window may have the row either.</param>
internal sealed record RowKeyRule(string Column, bool IsRequired, bool IsUniqueInScope)
{
    /// <summary>The rule of a model; null for an unknown one.</summary>
    public static RowKeyRule Of(string? model) => model switch
    {
        "events" => new RowKeyRule("uuid", IsRequired: true, IsUniqueInScope: true),

        // A person or session that changed is exported again, in a later window.
        "persons" => new RowKeyRule("distinct_id", IsRequired: true, IsUniqueInScope: false),
        "sessions" => new RowKeyRule("session_id", IsRequired: true, IsUniqueInScope: false),
        _ => new RowKeyRule("uuid", IsRequired: false, IsUniqueInScope: true),
    };
}
