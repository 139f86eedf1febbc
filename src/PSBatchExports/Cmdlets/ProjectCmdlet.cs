using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Errors;

namespace PSBatchExports.Cmdlets;

/// <summary>A cmdlet whose routes exist under projects only.</summary>
public abstract class ProjectCmdlet : ConnectedCmdlet
{
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? ProjectId { get; set; }

    private protected override ApiScope Scope => Service.Project(ProjectId);

    /// <summary>Whether an export exists; reports it where it does not. For lists, which are empty for an export that is none.</summary>
    private protected async Task<bool> IsThereAsync(AsyncPipeline pipeline, string export, CancellationToken cancellationToken)
    {
        var seen = Service.Known;
        if (seen.HasExport(export))
            return true;

        try
        {
            seen.Remember(await Api.Exports.GetAsync(export, cancellationToken));
            return true;
        }
        catch (NotFoundException missing)
        {
            Report(pipeline, missing, export, ErrorContext.Export);
            return false;
        }
    }
}
