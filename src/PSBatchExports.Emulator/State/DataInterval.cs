using System.Runtime.InteropServices;

namespace PSBatchExports.Emulator.State;

/// <summary>The half-open time span whose rows a run exports.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DataInterval(DateTimeOffset Start, DateTimeOffset End);
