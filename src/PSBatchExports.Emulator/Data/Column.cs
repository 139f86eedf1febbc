namespace PSBatchExports.Emulator.Data;

/// <param name="Cell">Where its values are in a row.</param>
internal sealed record Column(string Name, ColumnType Type, int Cell = 0);
