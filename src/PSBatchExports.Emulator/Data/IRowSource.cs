namespace PSBatchExports.Emulator.Data;

/// <summary>The rows of an export; cells are strings, longs, timestamps or <see cref="JsonText"/>.</summary>
internal interface IRowSource
{
    IReadOnlyList<Column> Columns { get; }

    IEnumerable<object[]> Rows();
}
