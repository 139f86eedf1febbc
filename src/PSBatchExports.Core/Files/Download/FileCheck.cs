using System.Runtime.InteropServices;

namespace PSBatchExports.Files.Download;

/// <summary>What a look through a file showed.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileCheck
{
    /// <summary>What is wrong with it, as a clause; null for nothing.</summary>
    public string? Damage { get; init; }

    /// <summary>The rows that it holds; null where they were not counted, or cannot be.</summary>
    public long? Rows { get; init; }

    /// <summary>Whether the storage's entity tag came out of its bytes.</summary>
    public bool AreBytesProven { get; init; }
}
