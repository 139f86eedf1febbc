using System.Management.Automation;
using PSBatchExports.Errors;
using PSBatchExports.Session;

namespace PSBatchExports.Commands;

/// <summary>Gets the connection that cmdlets of this runspace use by default; nothing if there is none. Never shows the key.</summary>
[Cmdlet(VerbsCommon.Get, "BatchExportConnection", HelpUri = "https://posthog.com/docs/api")]
[OutputType(typeof(BatchExportConnection))]
public sealed class GetBatchExportConnectionCommand : PSCmdlet
{
    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        try
        {
            if ((Connections.Current ?? Connections.FromEnvironment()) is { } connection)
                WriteObject(connection);
        }
        catch (ArgumentException failure)
        {
            ThrowTerminatingError(ErrorRecords.From(failure, targetObject: null, ErrorContext.None));
        }
    }
}
