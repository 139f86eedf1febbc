namespace PSBatchExports;

/// <summary>A command that a report proposes.</summary>
/// <param name="Purpose">What it is for, in a few words.</param>
/// <param name="Command">The command, as it is typed.</param>
public sealed record ReportCommand(string Purpose, string Command);
