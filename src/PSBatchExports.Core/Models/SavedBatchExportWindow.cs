namespace PSBatchExports;

/// <summary>A saved window of a range.</summary>
public sealed record SavedBatchExportWindow : ServiceObject
{
    /// <summary>events, persons, sessions or hogql.</summary>
    public required string Model { get; init; }

    /// <summary>Start of the data, inclusive, in UTC.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>End of the data, exclusive, in UTC.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>The run's UUID.</summary>
    public string? RunId { get; init; }

    /// <summary>The number of rows that the service says it exported; null if it does not say.</summary>
    public long? Records { get; init; }

    /// <summary>The files; empty if there was nothing to export.</summary>
    public IReadOnlyList<SavedBatchExportFile> Files { get; init; } = [];

    /// <summary>The size of all files in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>The full path of the window's folder.</summary>
    public required string FullName { get; init; }

    /// <summary>Whether an earlier call had saved it already.</summary>
    public bool Reused { get; init; }

    /// <summary>The project's number; null if the request did not have it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The full path of the window's folder.</summary>
    public override string ToString() => FullName;
}
