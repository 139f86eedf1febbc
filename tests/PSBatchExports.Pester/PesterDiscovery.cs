using Microsoft.VisualStudio.TestPlatform.ObjectModel;

namespace PSBatchExports.Pester;

/// <summary>Finds the tests of all suites without running them.</summary>
internal static class PesterDiscovery
{
    /// <exception cref="InvalidOperationException">A suite breaks off in its discovery.</exception>
    public static async Task<IReadOnlyList<TestCase>> FindAsync(CancellationToken cancellationToken)
    {
        await using var worker = await PesterWorker.StartAsync(cancellationToken);
        var tests = await worker.DiscoverAsync(cancellationToken);
        if (tests.FirstOrDefault(test => test.Result == "Failed") is { } failure)
            throw new InvalidOperationException($"{PesterSuite.NameOf(failure.Path)} broke off in its discovery: {failure.Message}");

        return [.. tests.Select(test => test.ToTestCase())];
    }
}
