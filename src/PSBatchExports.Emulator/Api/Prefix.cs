namespace PSBatchExports.Emulator.Api;

/// <summary>Which of the three path prefixes a request came by.</summary>
internal enum Prefix
{
    Projects,
    Environments,
    Organizations,
}
