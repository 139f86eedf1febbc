using System.Reflection;
using Xunit;

namespace PSBatchExports.Module.Tests;

/// <summary>The shipped assemblies and their references.</summary>
public sealed class AssemblyTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly string[] ShippedAssemblies =
    [
        "PSBatchExports.Loader.dll",
        "PSBatchExports.dll",
        "core/PSBatchExports.Core.dll",
        "core/Polly.Core.dll",
    ];

    [Fact]
    public void Lib_contains_only_the_shipped_assemblies()
    {
        var lib = Repository.PathTo("lib");
        var found = Directory.EnumerateFiles(lib, "*.dll", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(lib, path).Replace('\\', '/'));
        Assert.Equal(ShippedAssemblies.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Core_does_not_reference_PowerShell()
    {
        var references = Assembly.Load("PSBatchExports.Core").GetReferencedAssemblies();
        Assert.DoesNotContain(references, reference => reference.Name == "System.Management.Automation");
    }

    [Theory]
    [InlineData("PSBatchExports.Core")]
    [InlineData("PSBatchExports")]
    public void Public_signatures_do_not_use_Polly(string assembly)
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
    public void Output_types_have_no_Path_that_would_bind_as_a_wildcard_pattern()
    {
        var properties = OutputTypes().SelectMany(type => type.GetProperties());
        Assert.DoesNotContain(properties, property => property.Name.Equals("Path", StringComparison.OrdinalIgnoreCase));
    }

    private static Type[] OutputTypes()
    {
        var types =
            from type in Assembly.Load("PSBatchExports").GetExportedTypes()
            from attribute in type.GetCustomAttributesData()
            where attribute.AttributeType.Name == "OutputTypeAttribute"
            from argument in attribute.ConstructorArguments
            from value in Values(argument)
            select value;
        var outputTypes = types.OfType<Type>().ToArray();
        Assert.NotEmpty(outputTypes);
        return outputTypes;
    }

    private static IEnumerable<object?> Values(CustomAttributeTypedArgument argument) =>
        argument.Value is IEnumerable<CustomAttributeTypedArgument> items ? items.Select(item => item.Value) : [argument.Value];

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        _ => false,
    };

    private static IEnumerable<Type?> Signature(MemberInfo member) => member switch
    {
        MethodInfo method => method.GetParameters()
            .Select(parameter => parameter.ParameterType)
            .Append(method.ReturnType)
            .Concat(method.GetGenericArguments().SelectMany(argument => argument.GetGenericParameterConstraints())),
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
