
namespace PSBatchExports.Core.Tests;

/// <summary>An empty folder that is deleted after the test.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("psbatchexports-tests-").FullName;

    public IEnumerable<string> Entries => Directory.EnumerateFileSystemEntries(Path).Select(entry => System.IO.Path.GetFileName(entry)!);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
