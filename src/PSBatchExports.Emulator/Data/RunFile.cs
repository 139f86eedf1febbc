namespace PSBatchExports.Emulator.Data;

/// <summary>A file of a run, with its storage key.</summary>
internal sealed record RunFile(Guid Id, string Key, GeneratedFile Content)
{
    public string Name => Key[(Key.LastIndexOf('/') + 1)..];
}

internal sealed record RunFileList(IReadOnlyList<RunFile> Files, long Records);
