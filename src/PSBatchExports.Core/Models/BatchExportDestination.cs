using System.Collections;
using System.Text.Json.Serialization;

namespace PSBatchExports;

/// <summary>Where an export's data goes (docs/wire.md, section 8). Secrets are never in what the service answers.</summary>
[JsonConverter(typeof(DestinationConverter))]
public sealed record BatchExportDestination
{
    /// <summary>AwsS3, S3Compatible, Snowflake, Postgres, Redshift, BigQuery, Databricks, AzureBlob, HTTP or a type newer than this module; null only in an update that leaves it to the server.</summary>
    public string? Type { get; init; }

    /// <summary>The type's settings under their wire names, without regard to case. A secret may be a <see cref="System.Security.SecureString"/>; it is opened only while the request is written.</summary>
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
    /// <param name="config">See <see cref="Config"/>.</param>
    /// <param name="integration">Not given: left to the server.</param>
    public static BatchExportDestination Create(string? type, IDictionary? config, Optional<int?> integration = default) => new()
    {
        Type = type,
        Config = config ?? new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase),
        Integration = integration.Or(null),
        IntegrationIsGiven = integration.HasValue,
    };

    /// <summary>The type.</summary>
    public override string ToString() => Type ?? "";
}
