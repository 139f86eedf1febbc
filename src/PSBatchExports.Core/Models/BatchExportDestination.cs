using System.Collections;
using System.Text.Json.Serialization;
using PSBatchExports.Models;

namespace PSBatchExports;

/// <summary>
/// Where an export's data goes (docs/wire.md, section 8). Secrets are never in what the service answers. It equals the name of its type, so that exports can
/// be found by it; another destination it equals only where it is the very same object.
/// </summary>
[JsonConverter(typeof(DestinationConverter))]
public sealed class BatchExportDestination : IEquatable<string>, IFormattable
{
    /// <summary>AwsS3, S3Compatible, Snowflake, Postgres, Redshift, BigQuery, Databricks, AzureBlob, HTTP or a type newer than this module; null only in an update that leaves it to the server.</summary>
    public string? Type { get; init; }

    /// <summary>The type's settings under their wire names, without regard to case. A secret among them is a <see cref="DestinationSecret"/>.</summary>
    public IDictionary Config { get; init; } = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Number of the stored credential; null for none.</summary>
    public int? Integration { get; init; }

    /// <summary>Whether an update names the integration; only then a null one is sent.</summary>
    [JsonIgnore]
    internal bool IntegrationIsGiven { get; init; }

    /// <summary>Fields of the answer that this module does not know.</summary>
    public IDictionary<string, object?> AdditionalProperties { get; init; } = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes a destination to send.</summary>
    /// <param name="type">See <see cref="Type"/>.</param>
    /// <param name="config">See <see cref="Config"/>. Secrets are secure strings, or texts under the keys that hold secrets.</param>
    /// <param name="integration">Not given: left to the server.</param>
    /// <exception cref="DestinationSecretMissingException">The config was read back from where secrets are not kept.</exception>
    public static BatchExportDestination Create(string? type, IDictionary? config, Optional<int?> integration = default) => new()
    {
        Type = type,
        Config = config is null ? new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) : DestinationConfig.Close(config),
        Integration = integration.Or(null),
        IntegrationIsGiven = integration.HasValue,
    };

    /// <summary>The same with other settings, which are closed already.</summary>
    internal BatchExportDestination With(IDictionary config) => new()
    {
        Type = Type,
        Config = config,
        Integration = Integration,
        IntegrationIsGiven = IntegrationIsGiven,
        AdditionalProperties = AdditionalProperties,
    };

    /// <summary>Whether it is of that type, without regard to case.</summary>
    /// <param name="other">The name of a type.</param>
    public bool Equals(string? other) => string.Equals(Type, other, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is string type ? Equals(type) : ReferenceEquals(this, obj);

    /// <inheritdoc />
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(ToString());

    /// <summary>The type.</summary>
    public override string ToString() => Type ?? "";

    /// <summary>A cell of this object's view; the type if no cell is named.</summary>
    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) =>
        string.IsNullOrEmpty(format) ? ToString() : ViewText.Of(this, format);
}
