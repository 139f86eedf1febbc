using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace PSBatchExports.Module.Tests;

/// <summary>Every promise of docs/reliability.md names tests that exist and are not skipped.</summary>
public sealed partial class ReliabilityTests
{
    private static readonly string[] Lines = File.ReadAllLines(Repository.PathTo("docs", "reliability.md"));

    public static TheoryData<string, string> NamedTests => new(
        (from row in Rows()
         from Match file in FileWithTests().Matches(row)
         from Match test in TestName().Matches(file.Groups["tests"].Value)
         select (file.Groups["file"].Value, test.Groups["name"].Value)).Distinct());

    [Theory]
    [MemberData(nameof(NamedTests))]
    public void Named_test_exists(string file, string test)
    {
        var text = File.ReadAllText(Repository.PathTo("tests", file));
        Assert.Contains(test, file.EndsWith(".ps1", StringComparison.Ordinal) ? PesterTests(text) : XunitTests(text));
    }

    [Fact]
    public void Every_promise_names_a_test() => Assert.All(Rows(), row => Assert.Matches(FileWithTests(), row));

    [Fact]
    public void Comments_helpers_and_skipped_tests_do_not_count()
    {
        const string Xunit = """
            class Tests
            {
                // [Fact] public void In_a_comment() { }
                void Helper() { }
                [Fact(Skip = "flaky")] public void Skipped() { }
                [Fact] public void Real() { }
                [Theory, InlineData(1)] public void Real_with_data(int number) { }
            }
            """;
        const string Pester = """
            # It 'is in a comment' {
            <#
            It 'is in a block comment' {
            #>
            Describe 'is a description' {
                It 'is skipped' -Skip {
                It 'is skipped in short runs' -Skip:(-not $isLong) {
                It 'is real' {
                It 'has ''quotes''' -ForEach @(
            """;

        Assert.Equal(["Real", "Real_with_data"], XunitTests(Xunit));
        Assert.Equal(["is skipped in short runs", "is real", "has 'quotes'"], PesterTests(Pester));
    }

    private static IEnumerable<string> XunitTests(string text) =>
        from method in CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
        where method.AttributeLists.SelectMany(list => list.Attributes).Any(IsActiveTest)
        select method.Identifier.ValueText;

    private static bool IsActiveTest(AttributeSyntax attribute)
    {
        var arguments = attribute.ArgumentList?.Arguments ?? [];
        return attribute.Name.ToString() is "Fact" or "Theory"
            && !arguments.Any(argument => argument.NameEquals?.Name.ToString() == "Skip");
    }

    // A test with a condition, -Skip:(...), runs in some runs and counts.
    private static IEnumerable<string> PesterTests(string text) =>
        from Match test in PesterTest().Matches(BlockComment().Replace(text, ""))
        select test.Groups["name"].Value.Replace("''", "'", StringComparison.Ordinal);

    private static List<string> Rows()
    {
        var rows = Lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line != "| promise | kept by |").ToList();
        Assert.NotEmpty(rows);
        return rows;
    }

    [GeneratedRegex(
        @"`(?<file>[^`]+\.(cs|ps1))` (?<tests>\*[^*]+\*(, \*[^*]+\*)*)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileWithTests();

    [GeneratedRegex(@"\*(?<name>[^*]+)\*", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TestName();

    [GeneratedRegex(
        @"^ *It '(?<name>([^'\r\n]|'')+)'(?!')(?!.* -Skip\b(?!:\())",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex PesterTest();

    [GeneratedRegex("<#.*?#>", RegexOptions.CultureInvariant | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BlockComment();
}
