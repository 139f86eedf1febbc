using Microsoft.VisualStudio.TestPlatform.ObjectModel;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Adapter;
using Microsoft.VisualStudio.TestPlatform.ObjectModel.Logging;

namespace PSBatchExports.Pester;

/// <summary>Runs the suites of tests/Pester under <c>dotnet test</c>.</summary>
[ExtensionUri(UriText)]
public sealed class PesterExecutor : ITestExecutor, IDisposable
{
    public const string UriText = "executor://PSBatchExports/Pester";

    internal static readonly Uri Uri = new(UriText);

    /// <summary>The assembly whose tests they are in the eyes of the test platform.</summary>
    internal static readonly string Source = typeof(PesterExecutor).Assembly.Location;

    private static readonly Dictionary<string, TestProperty> FilterProperties = new(StringComparer.OrdinalIgnoreCase)
    {
        ["FullyQualifiedName"] = TestCaseProperties.FullyQualifiedName,
        ["Name"] = TestCaseProperties.DisplayName,
        ["DisplayName"] = TestCaseProperties.DisplayName,
    };

    private readonly CancellationTokenSource _cancel = new();

    public void RunTests(IEnumerable<string>? sources, IRunContext? runContext, IFrameworkHandle? frameworkHandle)
    {
        var filter = runContext?.GetTestCaseFilter(FilterProperties.Keys, name => FilterProperties.GetValueOrDefault(name));
        if (filter is null)
        {
            Run(PesterSuite.All.ToDictionary(suite => suite, _ => (IReadOnlyCollection<int>?)null), frameworkHandle!);
            return;
        }

        var tests = PesterDiscovery.FindAsync(_cancel.Token).GetAwaiter().GetResult();
        Run(tests.Where(test => filter.MatchTestCase(test, name => ValueOf(test, name))), frameworkHandle!);
    }

    public void RunTests(IEnumerable<TestCase>? tests, IRunContext? runContext, IFrameworkHandle? frameworkHandle) =>
        Run(tests!, frameworkHandle!);

    public void Cancel() => _cancel.Cancel();

    public void Dispose() => _cancel.Dispose();

    private static object? ValueOf(TestCase test, string name) =>
        FilterProperties.TryGetValue(name, out var property) ? test.GetPropertyValue(property) : null;

    private void Run(IEnumerable<TestCase> tests, IFrameworkHandle recorder)
    {
        var suites = PesterSuite.All.ToDictionary(suite => suite.Path, StringComparer.Ordinal);
        var selection = tests
            .GroupBy(test => suites[test.CodeFilePath!])
            .ToDictionary(group => group.Key, group => (IReadOnlyCollection<int>?)group.Select(test => test.LineNumber).ToHashSet());
        Run(selection, recorder);
    }

    private void Run(IReadOnlyDictionary<PesterSuite, IReadOnlyCollection<int>?> selection, IFrameworkHandle recorder)
    {
        try
        {
            new PesterRun(recorder, _cancel.Token).RunAsync(selection).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_cancel.IsCancellationRequested)
        {
            recorder.SendMessage(TestMessageLevel.Warning, "The run of the Pester suites was canceled.");
        }
    }
}
