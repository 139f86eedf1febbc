using System.Management.Automation;
using System.Runtime.CompilerServices;
using PSBatchExports.Session;

namespace PSBatchExports.Completers;

/// <summary>Suggests ids of exports, found by name.</summary>
public sealed class ExportIdCompleter : ServiceCompleter
{
    private protected override void Ask(BatchExportConnection connection, CommandLine line) => AskForExports(connection, line);

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects seen, CommandLine line) => Suggestions.ExportIds(seen);
}

/// <summary>Suggests names of exports.</summary>
public sealed class ExportNameCompleter : ServiceCompleter
{
    private protected override void Ask(BatchExportConnection connection, CommandLine line) => AskForExports(connection, line);

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects seen, CommandLine line) => Suggestions.ExportNames(seen);

    private protected override string Inserted(string text) => base.Inserted(WildcardPattern.Escape(text));
}

/// <summary>Suggests ids of runs: of the export on the line; where an export may be piped in, scheduled ones that were seen; else on demand.</summary>
public sealed class RunIdCompleter : ServiceCompleter
{
    private protected override void Ask(BatchExportConnection connection, CommandLine line)
    {
        var scope = Project(connection, line);
        if (line.Export is { } export)
            AskForRuns(connection, line, scope, export);
        else if (!IsOfPipedExport(line))
            OneRequest.Remember(connection, scope, (client, token) => client.OnDemandRuns.ListAsync(new Paging { First = Page }, token));
    }

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects seen, CommandLine line) => Suggestions.RunIds(
        seen,
        run => IsOfPipedExport(line) ? run.ExportId is not null : run.ExportId == (line.Export is { } export ? seen.FindExport(export) ?? export : null),
        areActiveFirst: line.Command is "Wait-BatchExportRun" or "Stop-BatchExportRun");

    // The exports first where only a name is known: the next Tab has the runs.
    private static void AskForRuns(BatchExportConnection connection, CommandLine line, ApiScope scope, string export)
    {
        if (connection.Known.FindExport(export) is { } id)
            OneRequest.Remember(connection, scope, (client, token) => client.Runs.ListAsync(id, query: null, new Paging { First = Page }, token));
        else
            AskForExports(connection, line);
    }

    private static bool IsOfPipedExport(CommandLine line) => line.Export is null && line.IsPiped && !line.IsBound("OnDemand");
}

/// <summary>Suggests ids of backfills of the export on the line.</summary>
public sealed class BackfillIdCompleter : ServiceCompleter
{
    private protected override void Ask(BatchExportConnection connection, CommandLine line)
    {
        var scope = Project(connection, line);
        if (line.Export is { } export && connection.Known.FindExport(export) is { } id)
            OneRequest.Remember(connection, scope, (client, token) => client.Backfills.ListAsync(id, orderBy: null, new Paging { First = Page }, token));
        else if (line.Export is not null)
            AskForExports(connection, line);
    }

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects seen, CommandLine line) =>
        Suggestions.BackfillIds(seen, line.Export is { } export ? seen.FindExport(export) ?? export : null);
}

/// <summary>Suggests the parts of the run on the line.</summary>
public sealed class PartCompleter : ServiceCompleter
{
    private protected override void Ask(BatchExportConnection connection, CommandLine line)
    {
        var scope = Project(connection, line);
        if (line.Text("RunId") is { } run)
            OneRequest.Remember(connection, scope, (client, token) => RunAsync(client, run, token));
    }

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects seen, CommandLine line) => line.Text("RunId") is { } run ? Suggestions.Parts(seen, run) : [];

    private static async IAsyncEnumerable<BatchExportRun> RunAsync(ScopedClient client, string run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await client.OnDemandRuns.GetAsync(run, cancellationToken);
    }
}

/// <summary>Suggests the executions that wrote to the log on the line.</summary>
public sealed class InstanceIdCompleter : ServiceCompleter
{
    private protected override void Ask(BatchExportConnection connection, CommandLine line)
    {
        var (scope, source) = line switch
        {
            { Export: { } named } when connection.Known.FindExport(named) is { } export => (ProjectOrOrganization(connection, line), LogSource.Export(export)),
            { Export: null } when line.Text("RunId") is { } run => (Project(connection, line), LogSource.OnDemandRun(run)),
            _ => (null, null),
        };
        if (scope is not null)
            OneRequest.Remember(connection, scope, (client, token) => client.Logs.ReadAsync(source!, query: null, new Paging { First = 500 }, token));
    }

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects seen, CommandLine line) =>
        Suggestions.Executions(seen, line.Export is { } export ? seen.FindExport(export) ?? export : null, line.Text("RunId"));
}

/// <summary>Suggests the stored credentials that exports use, those of the destination's type where it is on the line.</summary>
public sealed class IntegrationCompleter : ServiceCompleter
{
    private protected override void Ask(BatchExportConnection connection, CommandLine line) => AskForExports(connection, line);

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects seen, CommandLine line) => Suggestions.Integrations(seen, DestinationType.All.FirstOrDefault(type => line.IsBound(type.Name))?.Name ?? line.Text("Type"));
}
