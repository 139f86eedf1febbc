namespace PSBatchExports.Files.Disk;

/// <summary>The target of a rename exists.</summary>
internal sealed class TargetExistsException(string path) : IOException($"'{path}' already exists.");
