using System.Text.RegularExpressions;
using Xunit;

namespace PSBatchExports.Module.Tests;

/// <summary>Every promise of docs/reliability.md names tests, and they exist.</summary>
public sealed partial class ReliabilityTests
{
    private static readonly string[] Lines = File.ReadAllLines(Repository.PathTo("docs", "reliability.md"));

    public static TheoryData<string, string> Named => new(
        (from row in Rows()
         from Match file in FileWithTests().Matches(row)
         from Match test in TestName().Matches(file.Groups["tests"].Value)
         select (file.Groups["file"].Value, test.Groups["name"].Value)).Distinct());

    [Theory]
    [MemberData(nameof(Named))]
    public void Named_test_exists(string file, string test)
    {
        var text = File.ReadAllText(Repository.PathTo("tests", file));
        var declaration = file.EndsWith(".ps1", StringComparison.Ordinal) ? $"It '{test}'" : $" {test}(";
        Assert.Contains(declaration, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_promise_names_a_test() => Assert.All(Rows(), row => Assert.Matches(FileWithTests(), row));

    private static List<string> Rows()
    {
        var rows = Lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line != "| promise | kept by |").ToList();
        Assert.NotEmpty(rows);
        return rows;
    }

    [GeneratedRegex("`(?<file>[^`]+\\.(cs|ps1))` (?<tests>\\*[^*]+\\*(, \\*[^*]+\\*)*)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileWithTests();

    [GeneratedRegex(@"\*(?<name>[^*]+)\*", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TestName();
}
