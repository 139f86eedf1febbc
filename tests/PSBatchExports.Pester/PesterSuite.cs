using System.Reflection;

namespace PSBatchExports.Pester;

/// <summary>A <c>*.Tests.ps1</c> file.</summary>
internal sealed record PesterSuite(string Path)
{
    private const string Extension = ".Tests.ps1";

    /// <summary>
    /// Orders suites, so that the longest ones start first: a PowerShell process takes about as long as a hundred lines of tests.
    /// </summary>
    public int EstimatedCost { get; } =
        File.ReadLines(Path).Sum(line => line.Contains("Invoke-InFreshPwsh", StringComparison.Ordinal) ? 100 : 1);

    public static IReadOnlyList<PesterSuite> All { get; } =
    [
        .. Folders
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*" + Extension))
            .Order(StringComparer.Ordinal)
            .Select(path => new PesterSuite(path)),
    ];

    // Suites that take minutes have a folder of their own.
    private static IEnumerable<string> Folders => Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1"
        ? [Metadata("SuitesFolder"), System.IO.Path.Combine(Metadata("SuitesFolder"), "Long")]
        : [Metadata("SuitesFolder")];

    public static string NameOf(string path) => System.IO.Path.GetFileName(path)[..^Extension.Length];

    /// <summary>A value that the build put into this assembly.</summary>
    public static string Metadata(string key) =>
        typeof(PesterSuite).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == key).Value!;
}
