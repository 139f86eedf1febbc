namespace PSBatchExports.Cmdlets;

/// <summary>A project or organization that a cmdlet reads, with what it needs to send requests to it.</summary>
/// <param name="Service">The connection.</param>
/// <param name="Client">The client that the cmdlet has over it.</param>
/// <param name="Scope">The project or organization.</param>
internal sealed record ScopeJob(BatchExportConnection Service, BatchExportClient Client, ApiScope Scope)
{
    /// <summary>How many projects are read at once.</summary>
    public const int MaxConcurrent = 16;

    public ScopedClient Api => Client.In(Scope);
}
