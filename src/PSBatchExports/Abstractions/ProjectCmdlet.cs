using System.Management.Automation;

namespace PSBatchExports.Abstractions;

/// <summary>A cmdlet whose routes exist under projects only.</summary>
public abstract class ProjectCmdlet : ConnectedCmdlet
{
    /// <summary>The project: a number, or current. Default: the connection's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? ProjectId { get; set; }

    private protected ApiScope Scope => Scopes.Project(Service, ProjectId);
}
