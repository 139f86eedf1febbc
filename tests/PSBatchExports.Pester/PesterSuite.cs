using System.Reflection;

namespace PSBatchExports.Pester;

/// <summary>A <c>*.Tests.ps1</c> file.</summary>
internal sealed record PesterSuite(string Path)
{
    private const string Extension = ".Tests.ps1";

    /// <summary>Whether nothing else may run beside it, which Pester's own directive says.</summary>
    public bool RunsAlone { get; } = File.ReadLines(Path).Any(line => line.StartsWith("#pester:no-parallel", StringComparison.Ordinal));

    public static IReadOnlyList<PesterSuite> All { get; } =
    [
        .. Directory.EnumerateFiles(Metadata("SuitesFolder"), "*" + Extension)
            .Order(StringComparer.Ordinal)
            .Select(path => new PesterSuite(path)),
    ];

    public static string NameOf(string path) => System.IO.Path.GetFileName(path)[..^Extension.Length];

    /// <summary>A value that the build put into this assembly.</summary>
    public static string Metadata(string key) =>
        typeof(PesterSuite).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == key).Value!;
}
