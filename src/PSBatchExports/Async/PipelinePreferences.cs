namespace PSBatchExports.Async;

/// <summary>What of the common parameters and preference variables matters to asynchronous work.</summary>
/// <param name="WantsDebug">Whether debug messages are shown.</param>
/// <param name="AsksAfterMessages">Whether the engine asks to go on after each verbose message and each warning: it does with -Debug alone.</param>
/// <param name="IsWhatIf">Whether nothing is to be changed.</param>
/// <param name="CommandPrefix">What Import-Module -Prefix put before the nouns of the module's cmdlets; empty for none.</param>
internal sealed record PipelinePreferences(bool WantsDebug, bool AsksAfterMessages, bool IsWhatIf, string CommandPrefix);
