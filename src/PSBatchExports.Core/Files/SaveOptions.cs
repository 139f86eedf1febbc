namespace PSBatchExports;

/// <summary>How files are saved.</summary>
public sealed record SaveOptions
{
    /// <summary>The folder, a full path; made if missing.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether a file of the same name is replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>How many connections there may be at once.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>The names taken by files of this call: two runs over the same interval have files of the same name.</summary>
    internal System.Collections.Concurrent.ConcurrentDictionary<string, BatchExportFile> Names { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Is told how far each file is; called from several threads.</summary>
    public Action<DownloadProgress>? OnProgress { get; init; }
}
