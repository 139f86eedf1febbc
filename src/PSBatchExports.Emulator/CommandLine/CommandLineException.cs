namespace PSBatchExports.Emulator.CommandLine;

/// <summary>The command line is invalid.</summary>
internal sealed class CommandLineException(string message, Exception? inner = null) : Exception(message, inner);
