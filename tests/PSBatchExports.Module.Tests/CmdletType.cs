using System.Management.Automation;
using System.Reflection;

namespace PSBatchExports.Module.Tests;

/// <summary>A cmdlet class, read from its metadata: the engine's reference assembly cannot be run.</summary>
internal sealed record CmdletType(Type Type, string Name, bool SupportsShouldProcess, ConfirmImpact ConfirmImpact, bool SupportsPaging, string? DefaultSet, string? HelpUri)
{
    public static IReadOnlyList<CmdletType> All { get; } = Assembly.Load("PSBatchExports").GetTypes()
        .SelectMany(type => type.GetCustomAttributesData()
            .Where(data => data.AttributeType.Name == nameof(CmdletAttribute))
            .Select(data => From(type, data)))
        .OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal)
        .ToList();

    private static CmdletType From(Type type, CustomAttributeData data)
    {
        var named = data.NamedArguments.ToDictionary(argument => argument.MemberName, argument => argument.TypedValue.Value, StringComparer.Ordinal);
        return new CmdletType(
            type,
            $"{data.ConstructorArguments[0].Value}-{data.ConstructorArguments[1].Value}",
            named.GetValueOrDefault(nameof(CmdletAttribute.SupportsShouldProcess)) is true,
            named.GetValueOrDefault(nameof(CmdletAttribute.ConfirmImpact)) is int impact ? (ConfirmImpact)impact : ConfirmImpact.Medium,
            named.GetValueOrDefault(nameof(CmdletAttribute.SupportsPaging)) is true,
            named.GetValueOrDefault(nameof(CmdletAttribute.DefaultParameterSetName)) as string,
            named.GetValueOrDefault(nameof(CmdletAttribute.HelpUri)) as string);
    }
}
