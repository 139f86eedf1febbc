using Xunit;

namespace PSBatchExports.Module.Tests;

/// <summary>The suites that need the real engine, a row each; without pwsh or Pester they are skipped by name.</summary>
public sealed class PesterSuites(PesterLanes lanes) : IClassFixture<PesterLanes>
{
    public static TheoryData<string> Suites => [.. PesterSuite.Names()];

    [Theory]
    [MemberData(nameof(Suites))]
    public Task Suite_passes(string suite) => lanes.OutcomeOf(suite);
}
