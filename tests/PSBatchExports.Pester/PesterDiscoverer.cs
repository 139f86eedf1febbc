using System.ComponentModel;
using Microsoft.VisualStudio.TestPlatform.ObjectModel;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Adapter;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Logging;

namespace PSBatchExports.Pester;

/// <summary>Tells <c>dotnet test --list-tests</c> and editors which tests there are.</summary>
[FileExtension(".dll")]
[DefaultExecutorUri(PesterExecutor.UriText)]
[Category("managed")]
public sealed class PesterDiscoverer : ITestDiscoverer
{
    public void DiscoverTests(
        IEnumerable<string> sources, IDiscoveryContext discoveryContext, IMessageLogger logger, ITestCaseDiscoverySink discoverySink)
    {
        foreach (var test in PesterDiscovery.FindAsync(CancellationToken.None).GetAwaiter().GetResult())
            discoverySink.SendTestCase(test);
    }
}
