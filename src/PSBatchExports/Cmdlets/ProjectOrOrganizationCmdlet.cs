using System.Management.Automation;

namespace PSBatchExports.Cmdlets;

/// <summary>A cmdlet whose routes exist under projects and, on servers that still have them, under organizations.</summary>
public abstract class ProjectOrOrganizationCmdlet : ConnectedCmdlet
{
    private protected const string ProjectSet = "Project";
    private protected const string OrganizationSet = "Organization";

    private bool _isProjectTyped;

    [Parameter(ParameterSetName = ProjectSet, ValueFromPipelineByPropertyName = true)]
    public string? ProjectId { get; set; }

    [Parameter(ParameterSetName = OrganizationSet, Mandatory = true)]
    public string? OrganizationId { get; set; }

    private protected override ApiScope Scope => Service.ProjectOrOrganization(OrganizationId, ProjectId, _isProjectTyped);

    private protected override void Prepare()
    {
        base.Prepare();
        _isProjectTyped = IsTyped(nameof(ProjectId));
    }
}
