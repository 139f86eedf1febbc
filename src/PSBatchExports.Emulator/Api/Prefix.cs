namespace PSBatchExports.Emulator.Api;

/// <summary>The prefix of a request's path.</summary>
internal enum Prefix
{
    Projects,
    Environments,
    Organizations,

    /// <summary>The list of projects and each of them, which are below nothing.</summary>
    Root,
}
