namespace PSBatchExports.Coverage;

/// <summary>Merges successive intervals of the same state.</summary>
internal sealed class Stretches(BatchExport export, object? origin)
{
    private readonly List<BatchExportCoverage> _merged = [];

    public IReadOnlyList<BatchExportCoverage> Merged => _merged;

    public void Add(IntervalCoverage interval)
    {
        if (_merged is [.., var last] && last.State == interval.State && last.End == interval.Range.Start)
        {
            _merged[^1] = last with
            {
                End = interval.Range.End,
                Intervals = last.Intervals + 1,
                Records = last.Records + interval.Records,
                LatestError = interval.LatestError ?? last.LatestError,
            };
            return;
        }

        _merged.Add(new BatchExportCoverage
        {
            BatchExportId = export.Id!,
            Name = export.Name,
            ProjectId = export.ProjectId,
            Origin = origin,
            Start = interval.Range.Start,
            End = interval.Range.End,
            Intervals = 1,
            State = interval.State,
            Records = interval.Records,
            LatestError = interval.LatestError,
        });
    }
}
