using System.Management.Automation;
using PSBatchExports.Views;

namespace PSBatchExports.Errors;

/// <summary>What an error's reader needs to know of the cmdlet that it came from.</summary>
/// <param name="Thing">What the cmdlet is about, such as "Batch export".</param>
/// <param name="FindOut">The command by which to find out whether a create took effect, of the text that the error is about; null for cmdlets that create nothing.</param>
/// <param name="List">The command that lists what there is.</param>
/// <param name="Made">What the cmdlet creates, where that is another thing than it is about.</param>
internal sealed record ErrorContext(string Thing, Func<string, string>? FindOut = null, string? List = null, string? Made = null)
{
    /// <summary>The cmdlet's name; null where it does not matter.</summary>
    public string? Command { get; init; }

    public static readonly ErrorContext None = new("Item");

    public static readonly ErrorContext Export = new("Batch export", List: "Get-BatchExport");

    public static readonly ErrorContext NewExport = new("Batch export", name => $"Get-BatchExport {CommandText.Quote(WildcardPattern.Escape(name))}", "Get-BatchExport");

    public static readonly ErrorContext Run = new("Run", List: "Get-BatchExportRun");

    public static readonly ErrorContext NewRun = new("Run", _ => "Get-BatchExportRun -OnDemand -First 5", "Get-BatchExportRun -OnDemand");

    public static readonly ErrorContext Backfill = new("Backfill or export", List: "Get-BatchExportBackfill");

    public static readonly ErrorContext NewBackfill = new("Batch export", NewBackfills, "Get-BatchExport", Made: "Backfill");

    /// <param name="export">The export of the runs that are started again.</param>
    public static ErrorContext Restart(string export) => new("Run", _ => NewBackfills(export), "Get-BatchExportRun", Made: "Backfill");

    public static readonly ErrorContext Query = new("Query");

    public static readonly ErrorContext File = new("Run on demand or file", List: "Get-BatchExportRun -OnDemand");

    public static readonly ErrorContext Log = new("Batch export or run", List: "Get-BatchExport");

    private static string NewBackfills(string export) => $"Get-BatchExportBackfill {CommandText.Quote(export)} -First 3";
}
