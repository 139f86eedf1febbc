using PSBatchExports.Json;

namespace PSBatchExports;

/// <summary>Which lines of a log to read (docs/wire.md, section 10).</summary>
public sealed record LogQuery
{
    // Lines of a run may be written shortly before and after the times that the service keeps for it.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <summary>Strictly after this time; null for no bound.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Strictly before this time; null for no bound.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Levels to keep; null or empty for all.</summary>
    public IReadOnlyList<string>? Levels { get; init; }

    /// <summary>Text that the message holds, without regard to case; null for any.</summary>
    public string? Search { get; init; }

    /// <summary>The workflow execution; null for any.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The same lines, but only those of a run's time.</summary>
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
