using System.Management.Automation;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;

namespace PSBatchExports.Commands;

/// <summary>Gets the windows of ledgers, and how far each has come. Needs no connection.</summary>
[Cmdlet(VerbsCommon.Get, "BatchExportLedger", HelpUri = "https://posthog.com/docs/data-pipelines/file-download-exports")]
[OutputType(typeof(BatchExportLedgerEntry))]
public sealed class GetBatchExportLedgerCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        foreach (var path in Path)
        {
            var found = this.ExistingPathsOf(path);
            if (found.Count == 0)
                WriteError(ErrorRecords.PathNotFound(path));

            foreach (var full in found)
                Write(full);
        }
    }

    private void Write(string path)
    {
        try
        {
            foreach (var entry in Ledgers.Read(path))
                WriteObject(entry);
        }
        catch (Exception failure) when (failure is LedgerException or IOException or UnauthorizedAccessException)
        {
            WriteError(ErrorRecords.LedgerUnreadable(failure, path));
        }
    }
}
