using System.Management.Automation;

namespace PSBatchExports.Cmdlets;

/// <summary>A cmdlet that works in a project over one connection.</summary>
public abstract class ProjectCmdlet : ProjectCmdlet<BatchExportConnection>
{
}

/// <summary>A cmdlet that works in a project.</summary>
/// <typeparam name="TConnection">What -Connection takes: a connection, or an array of them.</typeparam>
public abstract class ProjectCmdlet<TConnection> : ConnectedCmdlet<TConnection>
    where TConnection : class
{
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completers.ProjectIdCompleter))]
    public string? ProjectId { get; set; }

    private protected override ApiScope Scope => Service.Project(ProjectId);
}
