using System.Reflection;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class BoundaryTests
{
    private const BindingFlags Visible =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Assembly Core = typeof(BatchExportClient).Assembly;

    [Fact]
    public void Core_does_not_know_PowerShell()
    {
        Assert.DoesNotContain(
            Core.GetReferencedAssemblies(),
            reference => reference.Name!.StartsWith("System.Management.Automation", StringComparison.Ordinal));
    }

    [Fact]
    public void Core_depends_only_on_the_framework_and_Polly()
    {
        var references = Core.GetReferencedAssemblies().Select(reference => reference.Name!);

        Assert.Equal(["Polly.Core"], references.Where(name => !name.StartsWith("System.", StringComparison.Ordinal)));
    }

    [Fact]
    public void No_public_signature_shows_a_type_of_another_package()
    {
        var types = Core.GetExportedTypes();
        var bases = types.Select(type => type.BaseType);
        var members = types.SelectMany(type => type.GetMembers(Visible)).Where(IsVisible);
        var shown = members.SelectMany(TypesOf).Concat(bases).OfType<Type>().SelectMany(Parts).Distinct();

        Assert.All(shown, type => Assert.True(IsOfCoreOrFramework(type), type.FullName));
    }

    private static bool IsOfCoreOrFramework(Type type) =>
        type.Assembly == Core || type.Assembly.GetName().Name!.StartsWith("System.", StringComparison.Ordinal);

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
        _ => true,
    };

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        MethodInfo method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType),
        MethodBase constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType),
        FieldInfo field => [field.FieldType],
        PropertyInfo property => [property.PropertyType],
        EventInfo happening => [happening.EventHandlerType!],
        _ => [],
    };

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
        : [type];
}
