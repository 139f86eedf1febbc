using System.Management.Automation;
using PSBatchExports.Parameters;

namespace PSBatchExports.Cmdlets;

/// <summary>A cmdlet about the coverage of exports in a window of time.</summary>
public abstract class CoverageCmdlet : ExportsCmdlet
{
    private const int DefaultDays = 30;

    [Parameter]
    [TimeTransformation]
    public TimeArgument? After { get; set; }

    [Parameter]
    [TimeTransformation]
    public TimeArgument? Before { get; set; }

    /// <summary>The start of the window.</summary>
    private protected DateTimeOffset Start(ExportJob job) => After is { } after ? after : job.Client.ServerTime.AddDays(-DefaultDays);
}
