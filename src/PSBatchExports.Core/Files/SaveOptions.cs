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

    /// <summary>Is told how far each file is; called from several threads.</summary>
    public Action<DownloadProgress>? OnProgress { get; init; }
}
