using System.Globalization;
using System.Management.Automation;
using PSBatchExports.Errors;

namespace PSBatchExports.Parameters;

/// <summary>
/// Converts a destination, also a deserialized one, or a hashtable or row with the keys type, config and integration.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DestinationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : inputData;
        if (value is null or BatchExportDestination)
            return value;

        var fields = PlainValues.ToDictionary(value)
            ?? throw Refuse(value);

        // Only a deserialized destination has it, not a hashtable written by hand.
        var isDeserialized = fields.Remove(nameof(BatchExportDestination.AdditionalProperties));
        var type = fields.Remove("type", out var given) ? Convert.ToString(given, CultureInfo.InvariantCulture) : null;
        fields.Remove("config", out var config);
        var integration = Integration(fields);
        if (isDeserialized && integration.Or(null) is null)
            integration = default;

        if (fields.Count > 0)
        {
            throw new ArgumentTransformationMetadataException(
                $"A destination has no key '{fields.Keys.First()}'; it has type, config and integration.");
        }

        return config is null or Dictionary<string, object?>
            ? Create(type, config as Dictionary<string, object?>, integration)
            : throw new ArgumentTransformationMetadataException("A destination's config is a hashtable, such as @{ bucket_name = '...' }.");
    }

    private static ArgumentTransformationMetadataException Refuse(object value)
    {
        var advice = DestinationType.Find(value as string) is null ? "" : $" {PlainValues.SerializationAdvice}";
        return new ArgumentTransformationMetadataException(
            $"'{value}' is not a destination. Give what New-BatchExportDestination returns, "
            + $"or @{{ type = '...'; config = @{{ ... }}; integration = 123 }}.{advice}");
    }

    private static BatchExportDestination Create(string? type, Dictionary<string, object?>? config, Optional<int?> integration)
    {
        try
        {
            return BatchExportDestination.Create(type, config, integration);
        }
        catch (DestinationSecretMissingException missing)
        {
            throw new ArgumentTransformationMetadataException($"{missing.Message} {ErrorRecords.SecretRemedy(missing)}", missing);
        }
    }

    private static Optional<int?> Integration(Dictionary<string, object?> fields)
    {
        var isGiven = fields.Remove("integration", out var value) | fields.Remove("integration_id", out var alias);
        if (!isGiven)
            return default;

        return (value ?? alias) switch
        {
            null => new Optional<int?>(null),
            var integration when WholeNumbers.Read(integration) is { } number and >= 0 => number,
            var other => throw new ArgumentTransformationMetadataException(
                $"'{other}' is not an integration: it is the number of a stored credential."),
        };
    }
}
