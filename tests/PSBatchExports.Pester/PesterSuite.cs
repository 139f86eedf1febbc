using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace PSBatchExports.Pester;

/// <summary>A <c>*.Tests.ps1</c> file.</summary>
internal sealed partial record PesterSuite(string Path)
{
    private const string Extension = ".Tests.ps1";

    private const int CostOfProcess = 100;
    private const int CostOfSecond = 80;

    /// <summary>
    /// Orders suites, so that the longest ones start first: a PowerShell process takes about as long as a hundred lines of tests. A suite
    /// whose lines do not show how long it takes says so.
    /// </summary>
    public int EstimatedCost { get; } = File.ReadLines(Path).Sum(CostOf);

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

    private static int CostOf(string line)
    {
        if (line.Contains("Invoke-InFreshPwsh", StringComparison.Ordinal))
            return CostOfProcess;

        return StatedDuration().Match(line) is { Success: true } stated
            ? CostOfSecond * int.Parse(stated.Groups["seconds"].ValueSpan, CultureInfo.InvariantCulture)
            : 1;
    }

    [GeneratedRegex(@"^\s*Takes about (?<seconds>\d+) s\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StatedDuration();
}
