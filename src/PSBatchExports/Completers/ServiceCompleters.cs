using System.Management.Automation;
using System.Runtime.CompilerServices;
using PSBatchExports.Session;

namespace PSBatchExports.Completers;

/// <summary>Suggests ids of exports, by id or name.</summary>
public sealed class ExportIdCompleter : ServiceCompleter
{
    private protected override void Fetch(BatchExportConnection connection, CommandLine line) => FetchExports(connection, line);

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects known, CommandLine line) => Suggestions.ExportIds(known);
}

/// <summary>Suggests names of exports.</summary>
public sealed class ExportNameCompleter : ServiceCompleter
{
    private protected override void Fetch(BatchExportConnection connection, CommandLine line) => FetchExports(connection, line);

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects known, CommandLine line) => Suggestions.ExportNames(known);

    private protected override string CompletionText(string text) => base.CompletionText(WildcardPattern.Escape(text));
}

/// <summary>
/// Suggests ids of runs: those of the export on the command line, known scheduled ones if exports are piped in, or those on
/// demand.
/// </summary>
public sealed class RunIdCompleter : ServiceCompleter
{
    private protected override void Fetch(BatchExportConnection connection, CommandLine line)
    {
        var scope = Project(connection, line);
        if (line.Export is { } export)
            FetchRuns(connection, line, scope, export);
        else if (!IsOfPipedExport(line))
            CompletionRequest.Remember(connection, scope, (client, token) => client.OnDemandRuns.ListAsync(FirstPage, token));
    }

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects known, CommandLine line) => Suggestions.RunIds(
        known,
        run => IsOfPipedExport(line) ? run.ExportId is not null : run.ExportId == ExportId(known, line),
        areActiveFirst: line.Command is "Wait-BatchExportRun" or "Stop-BatchExportRun");

    // If only the name of the export is known, this fetches the exports, and the next Tab the runs.
    private static void FetchRuns(BatchExportConnection connection, CommandLine line, ApiScope scope, string export)
    {
        if (connection.Known.FindExport(export) is { } id)
            CompletionRequest.Remember(connection, scope, (client, token) => client.Runs.ListAsync(id, query: null, FirstPage, token));
        else
            FetchExports(connection, line);
    }

    private static bool IsOfPipedExport(CommandLine line) => line.Export is null && line.IsPiped && !line.IsBound("OnDemand");
}

/// <summary>Suggests ids of backfills of the export on the command line.</summary>
public sealed class BackfillIdCompleter : ServiceCompleter
{
    private protected override void Fetch(BatchExportConnection connection, CommandLine line)
    {
        var scope = Project(connection, line);
        if (line.Export is not { } export)
            return;

        if (connection.Known.FindExport(export) is not { } id)
        {
            FetchExports(connection, line);
            return;
        }

        CompletionRequest.Remember(
            connection,
            scope,
            (client, token) => client.Backfills.ListAsync(id, orderBy: null, FirstPage, token));
    }

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects known, CommandLine line) =>
        Suggestions.BackfillIds(known, ExportId(known, line));
}

/// <summary>Suggests the parts of the run on the command line.</summary>
public sealed class PartCompleter : ServiceCompleter
{
    private protected override void Fetch(BatchExportConnection connection, CommandLine line)
    {
        var scope = Project(connection, line);
        if (line.Text("RunId") is { } run)
            CompletionRequest.Remember(connection, scope, (client, token) => RunAsync(client, run, token));
    }

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects known, CommandLine line) =>
        line.Text("RunId") is { } run ? Suggestions.Parts(known, run) : [];

    private static async IAsyncEnumerable<BatchExportRun> RunAsync(
        ScopedClient client,
        string run,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await client.OnDemandRuns.GetAsync(run, cancellationToken);
    }
}

/// <summary>Suggests the executions that wrote to the log on the command line.</summary>
public sealed class InstanceIdCompleter : ServiceCompleter
{
    private static readonly Paging LatestLines = new() { First = 500 };

    private protected override void Fetch(BatchExportConnection connection, CommandLine line)
    {
        var (scope, source) = line switch
        {
            { Export: { } reference } when connection.Known.FindExport(reference) is { } export =>
                (ProjectOrOrganization(connection, line), LogSource.Export(export)),
            { Export: null } when line.Text("RunId") is { } run => (Project(connection, line), LogSource.OnDemandRun(run)),
            _ => (null, null),
        };
        if (scope is null)
            return;

        CompletionRequest.Remember(
            connection,
            scope,
            (client, token) => client.Logs.ReadAsync(source!, query: null, LatestLines, token));
    }

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects known, CommandLine line) =>
        Suggestions.Executions(known, ExportId(known, line), line.Text("RunId"));
}

/// <summary>Suggests the stored credentials that exports use, of the destination type on the command line if there is one.</summary>
public sealed class IntegrationCompleter : ServiceCompleter
{
    private protected override void Fetch(BatchExportConnection connection, CommandLine line) => FetchExports(connection, line);

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects known, CommandLine line)
    {
        var type = DestinationType.All.FirstOrDefault(type => line.IsBound(type.Name))?.Name ?? line.Text("Type");
        return Suggestions.Integrations(known, type);
    }
}

/// <summary>Suggests names of stored credentials.</summary>
public sealed class IntegrationNameCompleter : ServiceCompleter
{
    private protected override void Fetch(BatchExportConnection connection, CommandLine line) => FetchIntegrations(connection, line);

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects known, CommandLine line) =>
        Suggestions.IntegrationNames(known);

    private protected override string CompletionText(string text) => base.CompletionText(WildcardPattern.Escape(text));
}

/// <summary>
/// Suggests stored credentials of the kinds that exports use: the name of each, or its number if others of the same name exist. After
/// -From, those that its exports can be switched to.
/// </summary>
public sealed class IntegrationReferenceCompleter : ServiceCompleter
{
    private protected override void Fetch(BatchExportConnection connection, CommandLine line) => FetchIntegrations(connection, line);

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects known, CommandLine line) =>
        Suggestions.IntegrationReferences(known, line.Parameter == "To" ? line.Text("From") : null);
}

/// <summary>Suggests the numbers of projects that were listed, by number or name, without a request.</summary>
public sealed class ProjectIdCompleter : ServiceCompleter
{
    private protected override void Fetch(BatchExportConnection connection, CommandLine line)
    {
    }

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects known, CommandLine line) => Suggestions.ProjectIds(known);
}

/// <summary>Suggests names of projects.</summary>
public sealed class ProjectNameCompleter : ServiceCompleter
{
    private protected override void Fetch(BatchExportConnection connection, CommandLine line) =>
        CompletionRequest.Remember(connection, (client, token) => client.Projects.ListAsync(cancellationToken: token));

    private protected override IEnumerable<Suggestion> Suggest(KnownObjects known, CommandLine line) => Suggestions.ProjectNames(known);

    private protected override string CompletionText(string text) => base.CompletionText(WildcardPattern.Escape(text));
}
