namespace PSBatchExports.Emulator.CommandLine;

/// <summary>The command line cannot be understood.</summary>
internal sealed class CommandLineException(string message, Exception? inner = null) : Exception(message, inner);
