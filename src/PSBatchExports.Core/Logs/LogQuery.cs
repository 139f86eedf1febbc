using PSBatchExports.Time;

namespace PSBatchExports;

/// <summary>Selects lines of a log (docs/wire.md, section 10).</summary>
public sealed record LogQuery
{
    // A run may write lines shortly before it is created and after it is finished.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <summary>Only lines after this time; null for no bound.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Only lines before this time; null for no bound.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>The levels; null or empty for all.</summary>
    public IReadOnlyList<string>? Levels { get; init; }

    /// <summary>Text that the message contains, without regard to case; null for any.</summary>
    public string? Search { get; init; }

    /// <summary>The id of the workflow execution; null for any.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Limits the query to the time of a run.</summary>
    /// <param name="run">A run of a scheduled export.</param>
    public LogQuery During(BatchExportRun run)
    {
        var (created, finished) = (run.CreatedAt?.Shift(-Slack), run.FinishedAt?.Shift(Slack));
        return this with
        {
            After = After is null || created > After ? created : After,
            Before = Before is null || finished < Before ? finished : Before,
        };
    }
}
