using System.Xml.Linq;

namespace PSBatchExports.Module.Tests;

/// <summary>The help of a cmdlet as the engine reads it.</summary>
internal sealed record MamlHelp(XElement Command)
{
    private static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private static readonly Lazy<IReadOnlyDictionary<string, MamlHelp>> s_all = new(() =>
        XDocument.Load(Repository.PathTo("en-US", "PSBatchExports.dll-Help.xml")).Root!.Elements(s_command + "command")
            .Select(command => new MamlHelp(command))
            .ToDictionary(help => help.Name, StringComparer.Ordinal));

    public static IReadOnlyDictionary<string, MamlHelp> All => s_all.Value;

    public string Name => Details.Element(s_command + "name")!.Value;

    public string Synopsis => Text(Details);

    public string Description => Text(Command);

    public string Notes => string.Join(' ', Command.Element(s_maml + "alertSet")!.Descendants(s_maml + "para").Select(para => para.Value));

    public string? OnlineVersion => Command.Element(s_command + "relatedLinks")!.Elements(s_maml + "navigationLink")
        .FirstOrDefault(link => link.Element(s_maml + "linkText")!.Value == "Online Version")?.Element(s_maml + "uri")!.Value;

    public IReadOnlyList<(string Title, string Code, string Text)> Examples =>
    [
        .. Command.Element(s_command + "examples")!.Elements().Select(example => (
            example.Element(s_maml + "title")!.Value.Trim('-', ' '),
            example.Element(s_dev + "code")!.Value,
            string.Join(' ', example.Element(s_dev + "remarks")!.Elements().Select(para => para.Value)))),
    ];

    /// <summary>What is said about each parameter.</summary>
    public IReadOnlyDictionary<string, string> Texts =>
        Command.Element(s_command + "parameters")!.Elements().ToDictionary(NameOf, Text, StringComparer.Ordinal);

    /// <summary>The parameters, in the form of <see cref="Describe"/>.</summary>
    public IEnumerable<string> Parameters => Command.Element(s_command + "parameters")!.Elements().Select(parameter =>
        $"-{NameOf(parameter)} <{parameter.Element(s_dev + "type")!.Element(s_maml + "name")!.Value}> {Attributes(parameter)} aliases {parameter.Attribute("aliases")!.Value}");

    /// <summary>The lines of syntax, in the form of <see cref="DescribeSet"/>.</summary>
    public IEnumerable<string> Syntaxes => Command.Element(s_command + "syntax")!.Elements().Select(syntax =>
        string.Join("\n", syntax.Elements(s_command + "parameter").Select(parameter => $"-{NameOf(parameter)} {Attributes(parameter)}").Order(StringComparer.Ordinal)));

    /// <summary>What the list of parameters must say of one: what holds in all sets that it is in, or in any.</summary>
    public static string Describe(CmdletParameter parameter) =>
        $"-{parameter.Name} <{parameter.Type}> {Attributes(parameter.Uses.All(use => use.IsRequired), parameter.Uses.Min(use => use.Position), parameter.Uses)} aliases {(parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases))}";

    /// <summary>What the line of syntax of a set must hold.</summary>
    public static string DescribeSet(IEnumerable<CmdletParameter> parameters, string set) => string.Join(
        "\n",
        parameters.Select(parameter => (parameter.Name, Use: parameter.In(set)))
            .Where(entry => entry.Use is not null)
            .Select(entry => $"-{entry.Name} {Attributes(entry.Use!.IsRequired, entry.Use.Position, [entry.Use])}")
            .Order(StringComparer.Ordinal));

    private XElement Details => Command.Element(s_command + "details")!;

    private static string NameOf(XElement parameter) => parameter.Element(s_maml + "name")!.Value;

    private static string Text(XElement element) =>
        string.Join(' ', element.Elements(s_maml + "description").Elements(s_maml + "para").Select(para => para.Value));

    private static string Attributes(XElement parameter) =>
        $"required {parameter.Attribute("required")!.Value}, position {parameter.Attribute("position")!.Value}, pipeline {parameter.Attribute("pipelineInput")!.Value}";

    private static string Attributes(bool isRequired, int? position, IReadOnlyCollection<ParameterUse> uses) =>
        $"required {(isRequired ? "true" : "false")}, position {(position is { } place ? $"{place}" : "named")}, pipeline {ParameterUse.PipelineInput(uses)}";
}
