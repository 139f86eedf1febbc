using System.Management.Automation;
using PSBatchExports.Session;

namespace PSBatchExports.Commands;

/// <summary>Closes a connection, also for other runspaces that use it.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "BatchExportService", HelpUri = "https://posthog.com/docs/api")]
public sealed class DisconnectBatchExportServiceCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(Completers.ConnectionCompleter))]
    public BatchExportConnection? Connection { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        var current = Connections.Current;
        var connection = Connection ?? current;
        connection?.Dispose();
        if (ReferenceEquals(connection, current))
            Connections.Current = null;
    }
}
