namespace PSBatchExports.Emulator.Data;

/// <param name="Cell">Index of the column's cell in a row.</param>
internal sealed record Column(string Name, ColumnType Type, int Cell = 0);
