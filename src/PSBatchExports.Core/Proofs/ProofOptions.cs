using System.Runtime.InteropServices;

namespace PSBatchExports;

/// <summary>How saved files are proven.</summary>
public sealed record ProofOptions
{
    /// <summary>The level to prove.</summary>
    public ProofLevel Level { get; init; } = ProofLevel.Counts;

    /// <summary>Called after each read, from any thread.</summary>
    public Action<ProofProgress>? OnProgress { get; init; }

    /// <summary>The full path of the folder for temporary files; null for the system's.</summary>
    internal string? TemporaryFolder { get; init; }
}

/// <summary>How much was read.</summary>
/// <param name="Bytes">The number of bytes read so far.</param>
/// <param name="Length">The size of all files in bytes.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ProofProgress(long Bytes, long Length);
