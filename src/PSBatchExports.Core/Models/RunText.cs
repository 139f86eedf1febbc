using System.Globalization;
using PSBatchExports.Text;

namespace PSBatchExports.Models;

/// <summary>Describes a run in one line.</summary>
internal static class RunText
{
    /// <summary>Why it did not complete; null if it did, or for no reason.</summary>
    public static string? Reason(BatchExportRun run) => run.Status == RunStatus.Completed ? null : DisplayText.Line(run.LatestError);

    /// <summary>Why it failed, or files, rows, bytes and duration; null if nothing is known.</summary>
    public static string? Result(BatchExportRun run)
    {
        if (Reason(run) is { } reason)
            return reason;

        var parts = new[]
        {
            run.Files is { } files ? Count(files.Count, "file") : null,
            Rows(run),
            run.RecordsFailed is > 0 ? FormattableString.Invariant($"{run.RecordsFailed:N0} failed") : null,
            run.BytesExported is { } bytes ? ByteSize.Format(bytes) : null,
            run.FinishedAt - run.CreatedAt is { } taken ? $"took {ReadableDuration.Format(taken)}" : null,
        };
        return string.Join(", ", parts.OfType<string>()) is { Length: > 0 } result ? result : null;
    }

    private static string? Rows(BatchExportRun run) => run switch
    {
        { IsFinished: false, RecordsTotalCount: { } total } =>
            FormattableString.Invariant($"{run.RecordsCompleted ?? 0:N0} of {Count(total, "row")}"),
        { RecordsCompleted: { } rows } => Count(rows, "row"),
        _ => null,
    };

    private static string Count(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? "" : "s")}");
}
