namespace PSBatchExports.Files.Download;

/// <summary>Why a file has to be downloaded from the beginning.</summary>
/// <param name="Reason">A sentence.</param>
/// <param name="AsOneStream">Whether the storage cannot be read in ranges, so that the file has to be read as one stream.</param>
internal sealed record Restart(string Reason, bool AsOneStream = false)
{
    /// <summary>The file that arrived damaged; null if it did not.</summary>
    public string? Path { get; init; }

    /// <summary>Whether what arrived is wrong. That may happen once by chance, but not twice.</summary>
    public bool IsDamage => Path is not null;
}
