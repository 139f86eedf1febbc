namespace PSBatchExports.Manifests;

/// <summary>Files to hand over, by run.</summary>
internal sealed record Manifest
{
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null if it is unknown, or if the runs differ.</summary>
    public string? Model { get; init; }

    public required IReadOnlyList<ManifestRun> Runs { get; init; }

    public IEnumerable<ManifestFile> Files => Runs.SelectMany(run => run.Files);

    public bool HasUrls => Files.Any(file => file.Url is not null);

    /// <summary>The format of all files; null if it is unknown, or if they differ.</summary>
    public string? Format => Common(file => file.Kind.Format);

    /// <summary>The compression of all files as a whole; null for none, or if they differ.</summary>
    public string? Compression => Common(file => file.Kind.Compression);

    /// <summary>The column by which rows that occur twice are the same; null if there is none.</summary>
    public string? DeduplicateBy => Model == "events" ? "uuid" : null;

    /// <summary>The number of rows in all files; null if it is unknown.</summary>
    public long? Records => Runs.Any(run => run.Records is null) ? null : Runs.Sum(run => run.Records);

    /// <summary>When the first URL expires; null if none says.</summary>
    public DateTimeOffset? ExpiresAt => Files.Min(file => file.ExpiresAt);

    private string? Common(Func<ManifestFile, string?> value) =>
        Files.Select(value).Distinct().Take(2).ToArray() is [var only] ? only : null;
}
