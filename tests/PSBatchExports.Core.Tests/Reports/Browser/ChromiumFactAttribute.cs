using System.Runtime.CompilerServices;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace PSBatchExports.Core.Tests.Reports.Browser;

/// <summary>
/// A test that needs Chromium. Where Chromium is not installed it is not discovered, so that it does not count as skipped; a warning of
/// <see cref="ReportInBrowserTests"/> names it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(ChromiumFactDiscoverer))]
public sealed class ChromiumFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
    : FactAttribute(file, line)
{
    /// <summary>Whether only the long run has it: each test starts a browser of its own.</summary>
    public bool IsLong { get; init; }
}

/// <summary>Finds tests that need Chromium, if it is installed.</summary>
public sealed class ChromiumFactDiscoverer : FactDiscoverer
{
    private static readonly bool IsLongRun = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1";

    /// <inheritdoc />
    public override ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute)
    {
        var isLeftOut = factAttribute is ChromiumFactAttribute { IsLong: true } && !IsLongRun;
        return Chromium.Program is null || isLeftOut
            ? new ValueTask<IReadOnlyCollection<IXunitTestCase>>([])
            : base.Discover(discoveryOptions, testMethod, factAttribute);
    }
}
