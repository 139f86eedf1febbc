using PSBatchExports.Session;
using PSBatchExports.Views;

namespace PSBatchExports.Completers;

/// <summary>Makes suggestions of what was seen.</summary>
internal static class Suggestions
{
    /// <summary>The exports' ids, found by name.</summary>
    public static IEnumerable<Suggestion> ExportIds(KnownObjects seen) => ByName(seen).Select(export =>
        new Suggestion(export.Id, NameOf(export), Suggestion.Join(export.Name, export.Status, export.Destination, export.Id)) { Whole = export.Name });

    /// <summary>The exports' names.</summary>
    public static IEnumerable<Suggestion> ExportNames(KnownObjects seen) => ByName(seen).Where(export => export.Name is not null).DistinctBy(export => export.Name).Select(export =>
        new Suggestion(export.Name!, NameOf(export), Suggestion.Join(export.Name, export.Status, export.Destination, export.Id)) { Whole = export.Name });

    /// <summary>Some of the runs, newest first.</summary>
    public static IEnumerable<Suggestion> RunIds(KnownObjects seen, Func<RunSummary, bool> which, bool areActiveFirst) => seen.Runs
        .Where(which)
        .OrderByDescending(run => areActiveFirst && !run.IsFinished)
        .ThenByDescending(run => run.DataUntil)
        .Select(run => new Suggestion(run.Id, Suggestion.Join(SpanText.Minute(run.DataUntil) ?? run.Id, run.Status), Suggestion.Join(run.Id, run.Status, DataUntil(run), Files(run))) { Beginnings = [SpanText.Minute(run.DataUntil), run.Status] });

    /// <summary>The backfills of an export, or all where none is named.</summary>
    public static IEnumerable<Suggestion> BackfillIds(KnownObjects seen, string? exportId) => seen.Backfills
        .Where(backfill => exportId is null || backfill.ExportId == exportId)
        .Select(backfill => new Suggestion(backfill.Id, Suggestion.Join(backfill.Span, backfill.Status), Suggestion.Join(backfill.Id, backfill.Status, backfill.Span)) { Beginnings = [backfill.Span, backfill.Status] });

    /// <summary>The numbers of a run's files, found by their ids, too.</summary>
    public static IEnumerable<Suggestion> Parts(KnownObjects seen, string runId) => (seen.Runs.FirstOrDefault(run => run.Id == runId)?.Files ?? []).Select((file, index) =>
        new Suggestion(FormattableString.Invariant($"{index}"), FormattableString.Invariant($"{index}: {DisplayText.Line(file)}"), Suggestion.Join(FormattableString.Invariant($"file {index}"), file)) { Beginnings = [file] });

    /// <summary>The executions that wrote to the log of an export or a run, newest first.</summary>
    public static IEnumerable<Suggestion> Executions(KnownObjects seen, string? exportId, string? runId) => seen.Executions
        .Where(execution => execution.ExportId == exportId && (exportId is not null || execution.RunId == runId))
        .OrderByDescending(execution => execution.At)
        .Select(execution => new Suggestion(execution.Id, Suggestion.Join(SpanText.Minute(execution.At), execution.Id), $"{DisplayText.Line(execution.Id)}, last line {SpanText.Second(execution.At)}") { Beginnings = [SpanText.Minute(execution.At)] });

    /// <summary>The stored credentials that exports use.</summary>
    public static IEnumerable<Suggestion> Integrations(KnownObjects seen, string? destination) => ByName(seen)
        .Where(export => export.Integration is not null && (destination is null || string.Equals(export.Destination, destination, StringComparison.OrdinalIgnoreCase)))
        .GroupBy(export => export.Integration!.Value)
        .OrderBy(group => group.Key)
        .Select(group => new Suggestion(FormattableString.Invariant($"{group.Key}"), FormattableString.Invariant($"{group.Key} ({DisplayText.Line(group.First().Destination)})"), $"used by {Suggestion.Join([.. group.Select(export => export.Name)])}"));

    private static IOrderedEnumerable<ExportSummary> ByName(KnownObjects seen) => seen.Exports.OrderBy(export => export.Name, StringComparer.OrdinalIgnoreCase).ThenBy(export => export.Id, StringComparer.Ordinal);

    private static string NameOf(ExportSummary export) => $"{DisplayText.Line(export.Name) ?? export.Id} ({Suggestion.Join(export.Status, export.Destination)})";

    private static string? DataUntil(RunSummary run) => SpanText.Minute(run.DataUntil) is { } until ? $"data until {until}Z" : null;

    private static string? Files(RunSummary run) => run.Files is { Count: var count } ? FormattableString.Invariant($"{count} file{(count == 1 ? "" : "s")}") : null;
}
