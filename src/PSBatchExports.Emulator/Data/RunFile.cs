namespace PSBatchExports.Emulator.Data;

/// <summary>A file of a run as the service names it.</summary>
internal sealed record RunFile(Guid Id, string Key, GeneratedFile Content)
{
    public string Name => Key[(Key.LastIndexOf('/') + 1)..];
}

internal sealed record RunFileList(IReadOnlyList<RunFile> Files, long Records);
