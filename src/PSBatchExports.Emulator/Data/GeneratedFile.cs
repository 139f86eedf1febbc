namespace PSBatchExports.Emulator.Data;

internal sealed record GeneratedFile(string Path, long Length, string ETag);

internal sealed record GeneratedFiles(IReadOnlyList<GeneratedFile> Parts, long Records);
