namespace PSBatchExports.Async;

/// <summary>The common parameters and preference variables that affect asynchronous work.</summary>
/// <param name="WantsDebug">Whether debug messages are shown.</param>
/// <param name="PromptsAfterMessages">Whether the engine prompts after each verbose message and warning, as with -Debug alone.</param>
/// <param name="IsWhatIf">Whether -WhatIf is in effect.</param>
/// <param name="CommandPrefix">The -Prefix that the module was imported with; empty for none.</param>
internal sealed record PipelinePreferences(bool WantsDebug, bool PromptsAfterMessages, bool IsWhatIf, string CommandPrefix);
