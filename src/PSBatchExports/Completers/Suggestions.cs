using System.Globalization;
using PSBatchExports.Session;
using PSBatchExports.Views;

namespace PSBatchExports.Completers;

/// <summary>Creates suggestions from known objects.</summary>
internal static class Suggestions
{
    /// <summary>The ids of exports, found by id or name.</summary>
    public static IEnumerable<Suggestion> ExportIds(KnownObjects known) => ByName(known).Select(export => ForExport(export, export.Id));

    /// <summary>The names of exports.</summary>
    public static IEnumerable<Suggestion> ExportNames(KnownObjects known) =>
        from export in ByName(known).DistinctBy(export => export.Name)
        where export.Name is not null
        select ForExport(export, export.Name!);

    /// <summary>The runs that pass the filter, newest first.</summary>
    public static IEnumerable<Suggestion> RunIds(KnownObjects known, Func<RunSummary, bool> filter, bool areActiveFirst) => known.Runs
        .Where(filter)
        .OrderByDescending(run => areActiveFirst && !run.IsFinished)
        .ThenByDescending(run => run.DataUntil)
        .Select(ForRun);

    /// <summary>The backfills of an export; all if it is null.</summary>
    public static IEnumerable<Suggestion> BackfillIds(KnownObjects known, string? exportId) => known.Backfills
        .Where(backfill => exportId is null || backfill.ExportId == exportId)
        .Select(ForBackfill);

    /// <summary>The indexes of a run's files, found by index or id.</summary>
    public static IEnumerable<Suggestion> Parts(KnownObjects known, string runId)
    {
        var run = known.Runs.FirstOrDefault(run => run.Id == runId);
        return (run?.Files ?? []).Select(ForPart);
    }

    /// <summary>The executions that wrote to the log of an export or a run, newest first.</summary>
    public static IEnumerable<Suggestion> Executions(KnownObjects known, string? exportId, string? runId) => known.Executions
        .Where(execution => execution.ExportId == exportId && (exportId is not null || execution.RunId == runId))
        .OrderByDescending(execution => execution.At)
        .Select(ForExecution);

    /// <summary>The stored credentials that exports use.</summary>
    public static IEnumerable<Suggestion> Integrations(KnownObjects known, string? destination) =>
        from export in ByName(known)
        where export.Integration is not null
        where destination is null || string.Equals(export.Destination, destination, StringComparison.OrdinalIgnoreCase)
        group export by export.Integration!.Value into exports
        orderby exports.Key
        select ForIntegration(exports.Key, [.. exports]);

    /// <summary>The names of stored credentials.</summary>
    public static IEnumerable<Suggestion> IntegrationNames(KnownObjects known) =>
        from integration in known.Integrations
        group integration by integration.Name into named
        orderby named.Key
        select ForIntegration(named.Key, named.First());

    /// <summary>
    /// The stored credentials of the kinds that exports use, by name where that tells which, otherwise by number; if the number or name of
    /// another is given, the others of its kind.
    /// </summary>
    public static IEnumerable<Suggestion> IntegrationReferences(KnownObjects known, string? from)
    {
        var all = known.Integrations;
        var old = from is null ? [] : all.Where(integration => IsNamed(integration, from)).ToArray();
        IEnumerable<string?> kinds = old.Length == 0 ? IntegrationKinds.All : old.Select(integration => integration.Kind);
        return
            from integration in all
            where kinds.Contains(integration.Kind) && !old.Contains(integration)
            let isUnique = all.Count(other => other.Name == integration.Name) == 1
            orderby integration.Name, integration.Id
            select ForIntegration(isUnique ? integration.Name : Number(integration.Id), integration);
    }

    /// <summary>The names of projects.</summary>
    public static IEnumerable<Suggestion> ProjectNames(KnownObjects known) => Projects(known, project => project.Name);

    /// <summary>The numbers of projects, found by number or name.</summary>
    public static IEnumerable<Suggestion> ProjectIds(KnownObjects known) => Projects(known, project => Number(project.Id));

    private static IEnumerable<Suggestion> Projects(KnownObjects known, Func<ProjectSummary, string> text) =>
        from project in known.Projects
        orderby project.Name, project.Id
        select new Suggestion(text(project), $"{DisplayText.Line(project.Name)} ({Number(project.Id)})", Number(project.Id))
        {
            SearchText = project.Name,
            Prefixes = [Number(project.Id)],
        };

    private static bool IsNamed(IntegrationSummary integration, string reference) =>
        Number(integration.Id) == reference || string.Equals(integration.Name, reference, StringComparison.OrdinalIgnoreCase);

    private static Suggestion ForIntegration(string text, IntegrationSummary integration)
    {
        var listItemText = $"{DisplayText.Line(integration.Name)} ({DisplayText.Line(integration.Kind)})";
        return new Suggestion(text, listItemText, Suggestion.Join(integration.Name, integration.Kind, Number(integration.Id)))
        {
            SearchText = integration.Name,
            Prefixes = [Number(integration.Id), integration.Kind],
        };
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Suggestion ForExport(ExportSummary export, string text)
    {
        var listItemText = $"{DisplayText.Line(export.Name) ?? export.Id} ({Suggestion.Join(export.Status, export.Destination)})";
        var toolTip = Suggestion.Join(export.Name, export.Status, export.Destination, export.Id);
        return new Suggestion(text, listItemText, toolTip) { SearchText = export.Name };
    }

    private static Suggestion ForRun(RunSummary run)
    {
        var until = SpanText.Minute(run.DataUntil);
        var data = until is null ? null : $"data until {until}Z";
        var files = run.Files is { Count: var count } ? FormattableString.Invariant($"{count} file{(count == 1 ? "" : "s")}") : null;
        var toolTip = Suggestion.Join(run.Id, run.Status, data, files);
        return new Suggestion(run.Id, Suggestion.Join(until ?? run.Id, run.Status), toolTip) { Prefixes = [until, run.Status] };
    }

    private static Suggestion ForBackfill(BackfillSummary backfill)
    {
        var listItemText = Suggestion.Join(backfill.Span, backfill.Status);
        var toolTip = Suggestion.Join(backfill.Id, backfill.Status, backfill.Span);
        return new Suggestion(backfill.Id, listItemText, toolTip) { Prefixes = [backfill.Span, backfill.Status] };
    }

    private static Suggestion ForPart(string fileId, int index)
    {
        var number = index.ToString(CultureInfo.InvariantCulture);
        var toolTip = Suggestion.Join($"file {number}", fileId);
        return new Suggestion(number, $"{number}: {DisplayText.Line(fileId)}", toolTip) { Prefixes = [fileId] };
    }

    private static Suggestion ForExecution(ExecutionSummary execution)
    {
        var at = SpanText.Minute(execution.At);
        var toolTip = $"{DisplayText.Line(execution.Id)}, last line {SpanText.Second(execution.At)}";
        return new Suggestion(execution.Id, Suggestion.Join(at, execution.Id), toolTip) { Prefixes = [at] };
    }

    private static Suggestion ForIntegration(int id, IReadOnlyList<ExportSummary> exports)
    {
        var number = id.ToString(CultureInfo.InvariantCulture);
        var users = Suggestion.Join([.. exports.Select(export => export.Name)]);
        return new Suggestion(number, $"{number} ({DisplayText.Line(exports[0].Destination)})", $"used by {users}");
    }

    private static IOrderedEnumerable<ExportSummary> ByName(KnownObjects known) => known.Exports
        .OrderBy(export => export.Name, StringComparer.OrdinalIgnoreCase)
        .ThenBy(export => export.Id, StringComparer.Ordinal);
}
