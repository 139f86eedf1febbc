namespace PSBatchExports.Emulator.Data;

/// <summary>The rows of an export, by number.</summary>
internal interface IRowSource
{
    IReadOnlyList<Column> Columns { get; }

    long First { get; }

    long Count { get; }

    /// <summary>The cells in the order of the columns; null if the export omits the row.</summary>
    object?[]? Row(long number);
}
