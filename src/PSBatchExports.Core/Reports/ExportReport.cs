namespace PSBatchExports;

/// <summary>What a report says of one export.</summary>
public sealed record ExportReport
{
    /// <summary>The export's name, or what it was asked for by if it could not be read.</summary>
    public required string Name { get; init; }

    /// <summary>The service.</summary>
    public required Uri ApiHost { get; init; }

    /// <summary>The project.</summary>
    public required ApiScope Scope { get; init; }

    /// <summary>The time that is shown.</summary>
    public required TimeRange Window { get; init; }

    /// <summary>The export; null if it could not be read.</summary>
    public BatchExport? Export { get; init; }

    /// <summary>How it is doing; null if that could not be found out.</summary>
    public BatchExportHealth? Health { get; init; }

    /// <summary>What became of its intervals, oldest first.</summary>
    public IReadOnlyList<BatchExportCoverage> Coverage { get; init; } = [];

    /// <summary>The stretches that lack data, oldest first.</summary>
    public IReadOnlyList<BatchExportGap> Gaps { get; init; } = [];

    /// <summary>Its rows, oldest first.</summary>
    public IReadOnlyList<ReportRows> Rows { get; init; } = [];

    /// <summary>The newest runs that failed, newest first.</summary>
    public IReadOnlyList<BatchExportRun> LatestFailures { get; init; } = [];

    /// <summary>Why the export could not be read or judged; null if it could.</summary>
    public string? Error { get; init; }

    /// <summary>The commands that repair it, in the order in which they are run.</summary>
    public IReadOnlyList<ReportCommand> Commands { get; init; } = [];

    /// <summary>The number of the project; as in the request if the service did not say.</summary>
    public string ProjectId =>
        Export?.ProjectId?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Scope.Id;
}
