using System.Reflection;
using Xunit;

namespace PSBatchExports.Module.Tests;

/// <summary>What ships, and what it refers to.</summary>
public sealed class AssemblyTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly string[] ShippedAssemblies =
    [
        "PSBatchExports.Loader.dll",
        "PSBatchExports.dll",
        "core/PSBatchExports.Core.dll",
        "core/Polly.Core.dll",
    ];

    [Fact]
    public void Lib_holds_the_shipped_assemblies_and_no_other()
    {
        var lib = Repository.PathTo("lib");
        var found = Directory.EnumerateFiles(lib, "*.dll", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(lib, path).Replace('\\', '/'));
        Assert.Equal(ShippedAssemblies.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Core_does_not_know_PowerShell() =>
        Assert.DoesNotContain(Assembly.Load("PSBatchExports.Core").GetReferencedAssemblies(), reference => reference.Name == "System.Management.Automation");

    [Theory]
    [InlineData("PSBatchExports.Core")]
    [InlineData("PSBatchExports")]
    public void Public_signatures_have_no_type_of_Polly(string assembly)
    {
        var found =
            from type in Assembly.Load(assembly).GetExportedTypes()
            from member in type.GetMembers(Declared)
            where IsVisible(member)
            from part in Signature(member).Append(type.BaseType).Concat(type.GetInterfaces())
            where part is not null && Parts(part).Any(named => named.Assembly.GetName().Name!.StartsWith("Polly", StringComparison.Ordinal))
            select $"{type}.{member.Name}";
        Assert.Empty(found);
    }

    [Fact]
    public void Nothing_that_is_put_out_has_a_path_that_cmdlets_take_as_a_pattern() =>
        Assert.DoesNotContain(Outputs().SelectMany(type => type.GetProperties()), property => property.Name.Equals("Path", StringComparison.OrdinalIgnoreCase));

    private static Type[] Outputs()
    {
        var types = Assembly.Load("PSBatchExports").GetExportedTypes().SelectMany(type => type.GetCustomAttributesData())
            .Where(attribute => attribute.AttributeType.Name == "OutputTypeAttribute")
            .SelectMany(attribute => attribute.ConstructorArguments)
            .SelectMany(argument => argument.Value is IEnumerable<CustomAttributeTypedArgument> many ? many.Select(one => one.Value) : [argument.Value])
            .OfType<Type>()
            .ToArray();
        Assert.NotEmpty(types);
        return types;
    }

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        _ => false,
    };

    private static IEnumerable<Type?> Signature(MemberInfo member) => member switch
    {
        MethodInfo method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType).Concat(method.GetGenericArguments().SelectMany(argument => argument.GetGenericParameterConstraints())),
        ConstructorInfo constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType),
        FieldInfo field => [field.FieldType],
        _ => [],
    };

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
            return Parts(type.GetElementType()!);
        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type) : [type];
    }
}
