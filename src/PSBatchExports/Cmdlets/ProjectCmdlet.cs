using System.Management.Automation;
using PSBatchExports.Async;
using PSBatchExports.Errors;

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
    public string? ProjectId { get; set; }

    private protected override ApiScope Scope => Service.Project(ProjectId);

    /// <summary>
    /// Whether an export exists; if not, writes an error. The service returns an empty list for an export that does not exist.
    /// </summary>
    private protected async Task<bool> ExportExistsAsync(AsyncPipeline pipeline, string export, CancellationToken cancellationToken)
    {
        if (Service.Known.HasExport(export))
            return true;

        try
        {
            Service.Known.Remember(await Api.Exports.GetAsync(export, cancellationToken));
            return true;
        }
        catch (NotFoundException missing)
        {
            Report(pipeline, missing, export, ErrorContext.Export);
            return false;
        }
    }
}
