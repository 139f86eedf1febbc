using PSBatchExports.Commands;
using Xunit;

namespace PSBatchExports.Module.Tests;

/// <summary>New-BatchExportDestination has a parameter set for each destination type and a parameter for each of its keys.</summary>
public sealed class DestinationParameterTests
{
    public static TheoryData<string> Types => new(DestinationType.All.Select(type => type.Name));

    [Fact]
    public void Parameter_sets_are_the_destination_types()
    {
        var types = DestinationType.All.Select(type => type.Name).Append("Generic");
        var sets = Parameters().Select(parameter => parameter.Set).Distinct();

        Assert.Equal(Sort(types), Sort(sets));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Parameters_of_a_type_are_its_keys(string type)
    {
        var parameters = ParametersOf(type).Select(parameter => parameter.Name);

        Assert.Equal(Sort(KeysOf(type).Select(ParameterName).Concat(TypeAndIntegration(type))), Sort(parameters));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Mandatory_parameters_of_a_type_are_its_required_keys(string type)
    {
        var required = KeysOf(type).Where(key => key.IsRequired).Select(ParameterName);
        var mandatory = ParametersOf(type).Where(parameter => parameter.IsMandatory).Select(parameter => parameter.Name);

        Assert.Equal(Sort(required), Sort(mandatory.Except(TypeAndIntegration(type), StringComparer.OrdinalIgnoreCase)));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Secure_string_parameters_of_a_type_are_its_secret_keys(string type)
    {
        var secret = KeysOf(type).Where(key => key.IsSecret).Select(ParameterName);
        var secure = ParametersOf(type).Where(parameter => parameter.Type.Name == "SecureString").Select(parameter => parameter.Name);

        Assert.Equal(Sort(secret), Sort(secure));
    }

    private static IReadOnlyList<DestinationKey> KeysOf(string type) => DestinationType.Find(type)!.Keys;

    private static string ParameterName(DestinationKey key) => key.Name.Replace("_", "", StringComparison.Ordinal);

    // The switch that chooses the type, and -IntegrationId, which is no key of the config.
    private static string[] TypeAndIntegration(string type) =>
        ParametersOf(type).Any(parameter => parameter.Name == "IntegrationId") ? [type, "IntegrationId"] : [type];

    private static IEnumerable<string> Sort(IEnumerable<string> names) =>
        names.Select(name => name.ToUpperInvariant()).Order(StringComparer.Ordinal);

    private static IEnumerable<Parameter> ParametersOf(string type) =>
        Parameters().Where(parameter => parameter.Set.Equals(type, StringComparison.OrdinalIgnoreCase));

    // The reference assembly of PowerShell cannot be run; the data of its attributes can be read.
    private static IEnumerable<Parameter> Parameters() =>
        from property in typeof(NewBatchExportDestinationCommand).GetProperties()
        from attribute in property.GetCustomAttributesData()
        where attribute.AttributeType.Name == "ParameterAttribute"
        let arguments = attribute.NamedArguments.ToDictionary(argument => argument.MemberName, argument => argument.TypedValue.Value)
        let isMandatory = arguments.GetValueOrDefault("Mandatory") is true
        select new Parameter(property.Name, property.PropertyType, (string)arguments["ParameterSetName"]!, isMandatory);

    private sealed record Parameter(string Name, Type Type, string Set, bool IsMandatory);
}
