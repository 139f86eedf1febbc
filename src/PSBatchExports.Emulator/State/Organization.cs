namespace PSBatchExports.Emulator;

/// <param name="AllowsKeys">Whether members may use personal API keys.</param>
public sealed record Organization(Guid Id, string Name, bool AllowsKeys = true);
