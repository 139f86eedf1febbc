using System.Text.RegularExpressions;
using Xunit;

namespace PSBatchExports.Module.Tests;

/// <summary>The help says what the code does: its Markdown sources, and the files that build.ps1 -Task Docs makes of them.</summary>
public sealed partial class HelpTests
{
    private const int Width = 80;

    public static TheoryData<string> Cmdlets => [.. CmdletType.All.Select(cmdlet => cmdlet.Name)];

    public static TheoryData<string> Topics => [.. Directory.EnumerateFiles(MarkdownHelp.Folder, "about_*.md").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void There_is_help_for_exactly_the_cmdlets()
    {
        var names = CmdletType.All.Select(cmdlet => cmdlet.Name).ToArray();
        Assert.Equal(names, MamlHelp.All.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(names, Directory.EnumerateFiles(MarkdownHelp.Folder, "*-*.md").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Source_describes_the_parameters_that_there_are(string name) => Same(
        name,
        "docs/en-US",
        CmdletParameter.Of(Cmdlet(name)).Select(parameter => $"{parameter}"),
        MarkdownHelp.Read(name).Parameters.Select(entry => $"{entry.Parameter}"));

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Source_shows_the_parameter_sets_that_there_are(string name)
    {
        var cmdlet = Cmdlet(name);
        var parameters = CmdletParameter.Of(cmdlet);
        var sets = CmdletParameter.SetsOf(parameters);
        Same(
            name,
            "docs/en-US",
            sets.Select(set => Line(set == ParameterUse.AllSets ? "__AllParameterSets" : set, set == cmdlet.DefaultSet && sets.Count > 1, parameters.Where(parameter => parameter.In(set) is not null).Select(parameter => parameter.Name))),
            MarkdownHelp.Read(name).Syntaxes.Select(syntax => Line(syntax.Set, syntax.IsDefault, syntax.Names)));

        static string Line(string set, bool isDefault, IEnumerable<string> names) => $"{set}{(isDefault ? " (default)" : "")}: {string.Join(' ', names.Order(StringComparer.Ordinal))}";
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Get_Help_shows_the_parameters_that_there_are(string name)
    {
        var parameters = CmdletParameter.Of(Cmdlet(name));
        Same(name, "en-US", parameters.Select(MamlHelp.Describe), MamlHelp.All[name].Parameters);
        Same(name, "en-US", CmdletParameter.SetsOf(parameters).Select(set => MamlHelp.DescribeSet(parameters, set)), MamlHelp.All[name].Syntaxes);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Everything_is_described(string name)
    {
        var help = MamlHelp.All[name];
        Assert.NotEmpty(help.Synopsis);
        Assert.NotEmpty(help.Description);
        Assert.NotEmpty(help.Notes);
        Assert.Empty(help.Texts.Where(text => text.Value.Length < 10).Select(text => text.Key));
        Assert.True(help.Examples.Count >= 3, $"{name} has {help.Examples.Count} examples.");
        Assert.All(help.Examples, example => Assert.StartsWith("PS> ", example.Code, StringComparison.Ordinal));
        Assert.DoesNotContain("{{", $"{help.Command}", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Get_Help_says_what_the_source_says(string name)
    {
        var (source, help) = (MarkdownHelp.Read(name), MamlHelp.All[name]);
        Assert.Equal(name, source.Name);
        Assert.Equal(Letters(source.Sections["SYNOPSIS"]), Letters(help.Synopsis));
        Assert.Equal(Letters(source.Sections["DESCRIPTION"]), Letters(help.Description));
        Assert.Equal(Letters(source.Sections["NOTES"]), Letters(help.Notes));
        Same(name, "en-US", source.Parameters.Select(entry => $"-{entry.Parameter.Name}: {Letters(entry.Text)}"), help.Texts.Select(text => $"-{text.Key}: {Letters(text.Value)}"));
        Same(name, "en-US", source.Examples.Select(example => $"{example.Title}\n{example.Code}\n{Letters(example.Text)}"), help.Examples.Select(example => $"{example.Title}\n{example.Code}\n{Letters(example.Text)}"));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Online_help_is_the_same_everywhere(string name)
    {
        var address = Cmdlet(name).HelpUri;
        Assert.StartsWith("https://posthog.com/docs/", address, StringComparison.Ordinal);
        Assert.Equal(address, MarkdownHelp.Read(name).HelpUri);
        Assert.Equal(address, MamlHelp.All[name].OnlineVersion);
    }

    [Fact]
    public void Each_topic_has_its_text() =>
        Assert.Equal(
            Topics.Select(row => $"{row.Data}.help.txt").Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Repository.PathTo("en-US"), "about_*.help.txt").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Topics))]
    public void Topic_has_the_layout_that_Get_Help_expects(string topic)
    {
        var lines = File.ReadAllLines(Repository.PathTo("en-US", topic + ".help.txt"));
        Assert.Equal(["TOPIC", "    " + topic, "", "SHORT DESCRIPTION"], lines.Take(4));
        Assert.Matches("^    \\S", lines[4]);
        Assert.Equal("", lines[5]);
        Assert.Equal("LONG DESCRIPTION", lines[6]);
        Assert.Contains("SEE ALSO", lines);
        Assert.DoesNotContain(lines, line => line.Length > Width || line.EndsWith(' '));
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public void Topic_says_what_its_source_says(string topic)
    {
        var source = File.ReadAllText(Path.Combine(MarkdownHelp.Folder, topic + ".md")).ReplaceLineEndings("\n");
        var text = File.ReadAllText(Repository.PathTo("en-US", topic + ".help.txt")).ReplaceLineEndings("\n");
        source = Fence().Replace(TableHead().Replace(source, "\n"), "");
        text = TextTableHead().Replace(text, "\n")["TOPIC".Length..];
        Assert.Equal(Words(source), Words(text));
    }

    private static CmdletType Cmdlet(string name) => CmdletType.All.Single(cmdlet => cmdlet.Name == name);

    private static void Same(string cmdlet, string where, IEnumerable<string> expected, IEnumerable<string> actual)
    {
        var (code, help) = (expected.ToHashSet(StringComparer.Ordinal), actual.ToHashSet(StringComparer.Ordinal));
        var differences = code.Except(help).Select(line => $"  should be: {line}").Concat(help.Except(code).Select(line => $"  is:        {line}"))
            .OrderBy(line => line[12..], StringComparer.Ordinal)
            .ToList();
        Assert.True(differences.Count == 0, $"The help of {cmdlet} in {where} is out of date. Correct docs/en-US/{cmdlet}.md and run ./build.ps1 -Task Docs.\n{string.Join("\n", differences)}");
    }

    private static string Letters(string text) => Marks().Replace(text, "");

    // Headings are in capitals, and text is wrapped.
    private static string Words(string text) => TopicMarks().Replace(text.ToUpperInvariant(), "");

    [GeneratedRegex(@"[\s`*\\]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Marks();

    [GeneratedRegex(@"[\s`*#|]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TopicMarks();

    [GeneratedRegex("\n\\|[^\n]*\n\\|[-|]+\n", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TableHead();

    [GeneratedRegex("\n[^\n]*\n(?: +-+){2,}\n", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TextTableHead();

    [GeneratedRegex("^```.*$", RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Fence();
}
