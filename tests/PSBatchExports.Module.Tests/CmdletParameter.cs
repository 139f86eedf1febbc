using System.Management.Automation;
using System.Reflection;

namespace PSBatchExports.Module.Tests;

/// <summary>What a parameter is in one parameter set.</summary>
internal sealed record ParameterUse(string Set, bool IsRequired, int? Position, bool ByValue, bool ByPropertyName)
{
    public const string AllSets = "(All)";

    public override string ToString() =>
        $"{Set}: {(IsRequired ? "required" : "optional")}, {(Position is { } position ? $"position {position}" : "named")}, {PipelineInput([this])}";

    public static string PipelineInput(IReadOnlyCollection<ParameterUse> uses)
    {
        string[] ways = [.. new[] { uses.Any(use => use.ByValue) ? "ByValue" : "", uses.Any(use => use.ByPropertyName) ? "ByPropertyName" : "" }.Where(way => way.Length > 0)];
        return ways.Length == 0 ? "false" : $"true ({string.Join(", ", ways)})";
    }
}

/// <summary>A parameter of a cmdlet, those that the engine adds included.</summary>
internal sealed record CmdletParameter(string Name, string Type, IReadOnlyList<string> Aliases, IReadOnlyList<ParameterUse> Uses)
{
    public override string ToString() =>
        $"-{Name} <{Type}> aliases ({string.Join(", ", Aliases.Order(StringComparer.Ordinal))}) {string.Join("; ", Uses.Select(use => $"{use}").Order(StringComparer.Ordinal))}";

    public static IReadOnlyList<CmdletParameter> Of(CmdletType cmdlet)
    {
        var own = cmdlet.Type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => (Property: property, Attributes: property.GetCustomAttributesData().Where(data => data.AttributeType.Name == nameof(ParameterAttribute)).ToArray()))
            .Where(entry => entry.Attributes.Length > 0)
            .Select(entry => From(entry.Property, entry.Attributes));
        return [.. own.Concat(Engine(cmdlet)).OrderBy(parameter => parameter.Name, StringComparer.Ordinal)];
    }

    /// <summary>The names of a cmdlet's parameter sets; one without a name where it has no others.</summary>
    public static IReadOnlyList<string> SetsOf(IEnumerable<CmdletParameter> parameters)
    {
        string[] named = [.. parameters.SelectMany(parameter => parameter.Uses).Select(use => use.Set).Where(set => set != ParameterUse.AllSets).Distinct(StringComparer.Ordinal)];
        return named.Length == 0 ? [ParameterUse.AllSets] : named;
    }

    /// <summary>What it is in a set; null where it is not in it.</summary>
    public ParameterUse? In(string set) => Uses.FirstOrDefault(use => use.Set == set || use.Set == ParameterUse.AllSets);

    private static IEnumerable<CmdletParameter> Engine(CmdletType cmdlet)
    {
        if (cmdlet.SupportsShouldProcess)
        {
            yield return Added("Confirm", "System.Management.Automation.SwitchParameter", "cf");
            yield return Added("WhatIf", "System.Management.Automation.SwitchParameter", "wi");
        }

        if (cmdlet.SupportsPaging)
        {
            yield return Added("First", "System.UInt64");
            yield return Added("IncludeTotalCount", "System.Management.Automation.SwitchParameter");
            yield return Added("Skip", "System.UInt64");
        }
    }

    private static CmdletParameter Added(string name, string type, params string[] aliases) =>
        new(name, type, aliases, [new ParameterUse(ParameterUse.AllSets, IsRequired: false, Position: null, ByValue: false, ByPropertyName: false)]);

    private static CmdletParameter From(PropertyInfo property, IEnumerable<CustomAttributeData> attributes)
    {
        var aliases = property.GetCustomAttributesData().Where(data => data.AttributeType.Name == nameof(AliasAttribute))
            .SelectMany(data => (IEnumerable<CustomAttributeTypedArgument>)data.ConstructorArguments[0].Value!)
            .Select(argument => (string)argument.Value!);
        return new CmdletParameter(property.Name, $"{property.PropertyType}", [.. aliases], [.. attributes.Select(From)]);
    }

    private static ParameterUse From(CustomAttributeData data)
    {
        var named = data.NamedArguments.ToDictionary(argument => argument.MemberName, argument => argument.TypedValue.Value, StringComparer.Ordinal);
        return new ParameterUse(
            named.GetValueOrDefault(nameof(ParameterAttribute.ParameterSetName)) as string ?? ParameterUse.AllSets,
            named.GetValueOrDefault(nameof(ParameterAttribute.Mandatory)) is true,
            named.GetValueOrDefault(nameof(ParameterAttribute.Position)) as int?,
            named.GetValueOrDefault(nameof(ParameterAttribute.ValueFromPipeline)) is true,
            named.GetValueOrDefault(nameof(ParameterAttribute.ValueFromPipelineByPropertyName)) is true);
    }
}
