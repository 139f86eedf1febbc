namespace PSBatchExports.Emulator.Api;

/// <summary>The prefix of a request's path.</summary>
internal enum Prefix
{
    Projects,
    Environments,
    Organizations,
}
