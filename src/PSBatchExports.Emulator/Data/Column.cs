namespace PSBatchExports.Emulator.Data;

internal sealed record Column(string Name, Type CellType);
