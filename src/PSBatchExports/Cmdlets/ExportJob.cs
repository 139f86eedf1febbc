namespace PSBatchExports.Cmdlets;

/// <summary>An export that a cmdlet works on, with what it needs to send requests about it.</summary>
/// <param name="Service">The connection.</param>
/// <param name="Client">The client that the cmdlet has over it.</param>
/// <param name="Scope">The project.</param>
/// <param name="IdOrName">The export's id, or its name.</param>
/// <param name="Export">The export, if it was read just before; null if it must be read.</param>
internal sealed record ExportJob(
    BatchExportConnection Service, BatchExportClient Client, ApiScope Scope, string IdOrName, BatchExport? Export)
{
    /// <summary>How many connections are asked for the export.</summary>
    public int Connections { get; init; } = 1;

    /// <summary>Its project.</summary>
    public ScopeJob Place => new(Service, Client, Scope);

    public ScopedClient Api => Client.In(Scope);
}
