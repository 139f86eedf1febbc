namespace PSBatchExports;

/// <summary>How files are handed over.</summary>
public sealed record ManifestOptions
{
    /// <summary>What reads the manifest.</summary>
    public ManifestForm Form { get; init; }

    /// <summary>The full path of the file that the manifest is saved to; null for none.</summary>
    public string? Path { get; init; }

    /// <summary>Whether files that exist may be replaced: the manifest, and unpacked files that differ.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Whether saved JSON lines are unpacked first, beside the compressed files.</summary>
    public bool Expand { get; init; }

    internal TimeProvider Time { get; init; } = TimeProvider.System;
}
