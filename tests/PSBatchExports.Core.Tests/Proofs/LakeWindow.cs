namespace PSBatchExports.Core.Tests;

/// <summary>A window of a lake.</summary>
internal sealed class LakeWindow(DateTimeOffset start, string runId, List<LakeFile> files)
{
    public DateTimeOffset Start { get; set; } = start;

    public DateTimeOffset End { get; set; } = start.AddDays(1);

    public string RunId => runId;

    public string Name { get; } = $"{start:yyyy-MM-dd'T'HH'Z'}_{start.AddDays(1):yyyy-MM-dd'T'HH'Z'}";

    public List<LakeFile> Files => files;

    /// <summary>The files that the ledger names.</summary>
    public List<LakeFile> NamedFiles { get; } = [.. files];

    /// <summary>The number of rows that the service exported; null for as many as there are.</summary>
    public long? Records { get; set; }

    public bool IsSaved { get; set; } = true;
}
