using System.Runtime.InteropServices;

namespace PSBatchExports.Files.Download;

/// <summary>The result of a check of a file.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileCheck
{
    /// <summary>What is wrong with the file, as a clause; null for nothing.</summary>
    public string? Damage { get; init; }

    /// <summary>The number of rows; null if they were not or cannot be counted.</summary>
    public long? Rows { get; init; }

    /// <summary>Whether the bytes match the storage's entity tag.</summary>
    public bool AreBytesProven { get; init; }
}
