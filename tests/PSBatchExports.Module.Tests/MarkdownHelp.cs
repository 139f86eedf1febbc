using System.Text.RegularExpressions;

namespace PSBatchExports.Module.Tests;

/// <summary>The Markdown source of a cmdlet's help.</summary>
internal sealed partial record MarkdownHelp(string Name, string HelpUri, IReadOnlyDictionary<string, string> Sections)
{
    public static string Folder { get; } = Repository.PathTo("docs", "en-US");

    public static MarkdownHelp Read(string cmdlet)
    {
        var text = File.ReadAllText(Path.Combine(Folder, cmdlet + ".md")).ReplaceLineEndings("\n");
        var sections = Section().Split(text).Skip(1).Chunk(2).ToDictionary(part => part[0], part => part[1].Trim(), StringComparer.Ordinal);
        return new MarkdownHelp(Field(text, "title"), Field(text, "HelpUri"), sections);
    }

    /// <summary>The parameters as the YAML blocks describe them, and what is said about each.</summary>
    public IReadOnlyList<(CmdletParameter Parameter, string Text)> Parameters =>
    [
        .. ParameterBlock().Matches(Sections["PARAMETERS"])
            .Select(block => (Parameter(block.Groups["name"].Value, block.Groups["yaml"].Value), block.Groups["text"].Value.Trim()))
            .OrderBy(entry => entry.Item1.Name, StringComparer.Ordinal),
    ];

    /// <summary>Parameter sets, with the names that their lines of syntax hold.</summary>
    public IReadOnlyList<(string Set, bool IsDefault, IReadOnlyList<string> Names)> Syntaxes =>
    [
        .. Syntax().Matches(Sections["SYNTAX"]).Select(block => (
            block.Groups["set"].Value,
            block.Groups["default"].Success,
            (IReadOnlyList<string>)[.. SyntaxName().Matches(block.Groups["text"].Value).Select(name => name.Groups["name"].Value)])),
    ];

    /// <summary>Examples: title, code, and what is said about it.</summary>
    public IReadOnlyList<(string Title, string Code, string Text)> Examples =>
    [
        .. Example().Matches(Sections["EXAMPLES"] + "\n").Select(example => (
            example.Groups["title"].Value,
            example.Groups["code"].Value,
            example.Groups["before"].Value + example.Groups["after"].Value)),
    ];

    private static string Field(string text, string name) =>
        Regex.Match(text, $"^{name}: (?<value>.*)$", RegexOptions.Multiline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)).Groups["value"].Value;

    private static CmdletParameter Parameter(string name, string yaml)
    {
        var aliases = AliasList().Match(yaml).Groups["alias"].Captures.Select(alias => alias.Value);
        var uses = Use().Matches(yaml).Select(use => new ParameterUse(
            use.Groups["set"].Value,
            use.Groups["required"].Value == "true",
            use.Groups["position"].Value == "Named" ? null : int.Parse(use.Groups["position"].Value, System.Globalization.CultureInfo.InvariantCulture),
            use.Groups["value"].Value == "true",
            use.Groups["property"].Value == "true"));
        return new CmdletParameter(name, Field(yaml, "Type"), [.. aliases], [.. uses]);
    }

    [GeneratedRegex("^## (?<name>.+)\n", RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Section();

    [GeneratedRegex("^### -(?<name>\\w+)\n(?<text>.*?)\n```yaml\n(?<yaml>.*?)```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ParameterBlock();

    [GeneratedRegex("^Aliases:(?: \\[\\]|(?:\n- (?<alias>\\w+))+)", RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AliasList();

    [GeneratedRegex("^- Name: (?<set>.+)\n  Position: (?<position>.+)\n  IsRequired: (?<required>.+)\n  ValueFromPipeline: (?<value>.+)\n  ValueFromPipelineByPropertyName: (?<property>.+)\n", RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Use();

    [GeneratedRegex("^### (?<set>\\S+)(?<default> \\(Default\\))?\n\n```\n(?<text>.*?)\n```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Syntax();

    [GeneratedRegex("(?<=[\\s\\[])-(?<name>\\w+)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SyntaxName();

    [GeneratedRegex("^### (?<title>Example [^\n]+)\n(?<before>.*?)^```console\n(?<code>.*?)\n```\n(?<after>.*?)(?=^### |\\z)", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Example();
}
