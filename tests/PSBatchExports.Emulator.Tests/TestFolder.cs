namespace PSBatchExports.Emulator.Tests;

/// <summary>A temporary folder.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("psbatchexports-tests-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
