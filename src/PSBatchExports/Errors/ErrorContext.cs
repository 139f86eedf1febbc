using System.Management.Automation;
using PSBatchExports.Views;

namespace PSBatchExports.Errors;

/// <summary>What an error message needs to know about the cmdlet.</summary>
/// <param name="Subject">What the cmdlet works on, such as "Batch export".</param>
/// <param name="CheckCommand">
/// For the target of an error, the command that shows whether a create took effect; null for cmdlets that create nothing.
/// </param>
/// <param name="ListCommand">The command that lists the existing items.</param>
/// <param name="Created">What the cmdlet creates; null for <paramref name="Subject"/>.</param>
internal sealed record ErrorContext(
    string Subject,
    Func<string, string>? CheckCommand = null,
    string? ListCommand = null,
    string? Created = null)
{
    /// <summary>The name of the cmdlet; null if it does not matter.</summary>
    public string? Command { get; init; }

    /// <summary>The name of the one of many that the error is about, which messages begin with; null if they need not.</summary>
    public string? Item { get; init; }

    /// <summary>Whether messages name the keys of configurations and not parameters.</summary>
    public bool NamesKeys { get; init; }

    public static readonly ErrorContext None = new("Item");

    public static readonly ErrorContext Export = new("Batch export", ListCommand: "Get-BatchExport");

    /// <summary>The context of an export that is written or copied as it is configured.</summary>
    /// <param name="name">The name of the export.</param>
    public static ErrorContext Configuration(string? name) => Export with { Item = name, NamesKeys = true };

    public static readonly ErrorContext NewExport = new("Batch export", ExportNamed, "Get-BatchExport");

    public static readonly ErrorContext Run = new("Run", ListCommand: "Get-BatchExportRun");

    public static readonly ErrorContext NewRun = new("Run", _ => "Get-BatchExportRun -OnDemand -First 5", "Get-BatchExportRun -OnDemand");

    public static readonly ErrorContext Backfill = new("Backfill or export", ListCommand: "Get-BatchExportBackfill");

    public static readonly ErrorContext NewBackfill = new("Batch export", NewBackfills, "Get-BatchExport", Created: "Backfill");

    /// <summary>The context of a restart.</summary>
    /// <param name="export">The export of the runs.</param>
    public static ErrorContext Restart(string export) => new("Run", _ => NewBackfills(export), "Get-BatchExportRun", Created: "Backfill");

    public static readonly ErrorContext Query = new("Query");

    public static readonly ErrorContext File = new("On-demand run or file", ListCommand: "Get-BatchExportRun -OnDemand");

    public static readonly ErrorContext Log = new("Batch export or run", ListCommand: "Get-BatchExport");

    public static readonly ErrorContext Integration = new("Integration", ListCommand: "Get-BatchExportIntegration");

    public static readonly ErrorContext Project = new("Project", ListCommand: "Get-BatchExportProject");

    private static string ExportNamed(string name) => $"Get-BatchExport {CommandText.Quote(WildcardPattern.Escape(name))}";

    private static string NewBackfills(string export) => $"Get-BatchExportBackfill {CommandText.Quote(export)} -First 3";
}
