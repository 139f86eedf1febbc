#pragma warning disable CA1032, CA1064 // Never leaves the download.
namespace PSBatchExports.Files.Download;

/// <summary>What has been fetched of a file is of no use: it begins again.</summary>
internal sealed class StartOverException(string why) : Exception(why)
{
    /// <summary>Whether the storage does not answer with parts that fit together, so that only one stream will do.</summary>
    public bool AsOneStream { get; init; }

    /// <summary>Whether what arrived was wrong, which may happen once by chance but not twice.</summary>
    public bool IsDamage { get; init; }

    /// <summary>The file concerned; null where it has no name yet.</summary>
    public string? Path { get; init; }
}
