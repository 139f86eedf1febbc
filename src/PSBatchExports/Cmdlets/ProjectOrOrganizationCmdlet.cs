using System.Management.Automation;

namespace PSBatchExports.Cmdlets;

/// <summary>A cmdlet that works in a project or, on older servers, in an organization.</summary>
public abstract class ProjectOrOrganizationCmdlet : ConnectedCmdlet
{
    private protected const string ProjectSet = "Project";
    private protected const string OrganizationSet = "Organization";

    private bool _isProjectIdBound;

    [Parameter(ParameterSetName = ProjectSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completers.ProjectIdCompleter))]
    public string? ProjectId { get; set; }

    [Parameter(ParameterSetName = OrganizationSet, Mandatory = true)]
    public string? OrganizationId { get; set; }

    private protected override ApiScope Scope => Service.ProjectOrOrganization(OrganizationId, ProjectId, _isProjectIdBound);

    private protected override void Prepare()
    {
        base.Prepare();
        _isProjectIdBound = IsBound(nameof(ProjectId));
    }
}
