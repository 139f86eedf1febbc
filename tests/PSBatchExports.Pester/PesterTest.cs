using System.Security.Cryptography;
using System.Text;
using Microsoft.VisualStudio.TestPlatform.ObjectModel;

namespace PSBatchExports.Pester;

/// <summary>A test, a block, or a suite as the worker reports it.</summary>
/// <param name="Path">The file of its suite.</param>
/// <param name="FullName">Names from the outermost block to the test, as written.</param>
/// <param name="DisplayName">The same with the values of the test's data.</param>
/// <param name="Line">Where it stands in the suite.</param>
/// <param name="Row">Tells apart the tests that one <c>-ForEach</c> makes.</param>
/// <param name="Result">Pester's word for the outcome; null where it was only discovered.</param>
/// <param name="Seconds">How long it ran, set-up of its own included.</param>
/// <param name="Message">Why it failed or was skipped; null where it passed.</param>
/// <param name="StackTrace">Where it failed; null where it did not.</param>
internal sealed record PesterTest(
    string Path,
    string FullName,
    string DisplayName,
    int Line,
    int Row,
    string? Result,
    double Seconds,
    string? Message,
    string? StackTrace)
{
    /// <summary>Stands for a suite that broke off.</summary>
    public static PesterTest OfBrokenSuite(PesterSuite suite, string message) =>
        new(suite.Path, "(suite)", "(suite)", Line: 1, Row: 0, "Failed", Seconds: 0, message, StackTrace: null);

    public TestCase ToTestCase()
    {
        var suite = PesterSuite.NameOf(Path);
        var name = $"Pester.{suite}.{FullName}";
        return new TestCase(name, PesterExecutor.Uri, PesterExecutor.Source)
        {
            Id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{Line}\n{Row}")).AsSpan(0, 16)),
            DisplayName = $"{suite}: {DisplayName}",
            CodeFilePath = Path,
            LineNumber = Line,
        };
    }

    public TestResult ToTestResult()
    {
        var test = ToTestCase();
        return new TestResult(test)
        {
            DisplayName = test.DisplayName,
            Outcome = Result switch
            {
                "Passed" => TestOutcome.Passed,
                "Skipped" or "Inconclusive" => TestOutcome.Skipped,
                _ => TestOutcome.Failed,
            },
            Duration = TimeSpan.FromSeconds(Seconds),
            ErrorMessage = Message,
            ErrorStackTrace = StackTrace,
        };
    }
}
