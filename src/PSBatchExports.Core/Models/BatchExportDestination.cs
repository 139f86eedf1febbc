using System.Collections;
using System.Text.Json;
using PSBatchExports.Json;
using PSBatchExports.Models;

namespace PSBatchExports;

/// <summary>
/// The destination of an export (docs/wire.md, section 8). The service never returns its secrets. It equals the name of its type, so that
/// exports can be filtered by it; two destinations are equal only if they are the same object.
/// </summary>
public sealed class BatchExportDestination : IEquatable<string>, IFormattable, IJsonValue
{
    private IDictionary<string, object?>? _others;

    /// <summary>
    /// AwsS3, S3Compatible, Snowflake, Postgres, Redshift, BigQuery, Databricks, AzureBlob, HTTP or a type newer than this module; null
    /// only in an update that keeps the stored type.
    /// </summary>
    public string? Type { get; init; }

    /// <summary>The settings by their wire names, without regard to case. Secrets are <see cref="DestinationSecret"/>s.</summary>
    public IDictionary Config { get; init; } = PlainJson.Empty();

    /// <summary>The number of the integration that holds the credentials; null for none.</summary>
    public int? Integration { get; init; }

    /// <summary>Whether an update sets the integration; only then null is sent.</summary>
    internal bool IntegrationIsGiven { get; init; }

    /// <summary>The fields of the response that this module does not know.</summary>
    public IDictionary<string, object?> AdditionalProperties
    {
        get => _others ??= PlainJson.Empty();
        init => _others = value;
    }

    /// <summary>Creates a destination to send.</summary>
    /// <param name="type">See <see cref="Type"/>.</param>
    /// <param name="config">
    /// See <see cref="Config"/>; null for none. Secrets are secure strings, or strings under the keys of secrets.
    /// </param>
    /// <param name="integration">The number of the integration; an update without it keeps the stored one where the server does.</param>
    /// <exception cref="DestinationSecretMissingException">The config was serialized and has lost its secrets.</exception>
    public static BatchExportDestination Create(string? type, IDictionary? config, Optional<int?> integration = default) => new()
    {
        Type = type,
        Config = config is null ? PlainJson.Empty() : DestinationConfig.Protect(config),
        Integration = integration.Or(null),
        IntegrationIsGiven = integration.HasValue,
    };

    internal static BatchExportDestination Read(ref Utf8JsonReader json)
    {
        string? type = null;
        IDictionary? config = null;
        int? integration = null;
        Dictionary<string, object?>? others = null;
        json.EnterObject();
        while (json.NextField(out var name))
        {
            switch (name)
            {
                case "type": type = json.Shared(); break;
                case "config": config = json.Plain() as IDictionary; break;
                case "integration": integration = json.Int(); break;
                default:
                    others ??= PlainJson.Empty();
                    PlainJson.Add(ref others, name, json.Plain());
                    break;
            }
        }

        return new()
        {
            Type = type,
            Config = config ?? PlainJson.Empty(),
            Integration = integration,

            // Sent back, a null would remove the integration.
            IntegrationIsGiven = integration is not null,
            _others = others,
        };
    }

    /// <summary>Writes the fields that were given.</summary>
    void IJsonValue.Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (Type is not null)
            writer.WriteString("type", Type);

        writer.WritePropertyName("config");
        PlainJson.Write(writer, DestinationConfig.Protect(Config));

        if (Integration is { } integration)
            writer.WriteNumber("integration", integration);
        else if (IntegrationIsGiven)
            writer.WriteNull("integration");

        writer.WriteEndObject();
    }

    /// <summary>A copy with other settings, in which secrets are already protected.</summary>
    internal BatchExportDestination With(IDictionary config) => new()
    {
        Type = Type,
        Config = config,
        Integration = Integration,
        IntegrationIsGiven = IntegrationIsGiven,
        _others = _others,
    };

    /// <summary>Whether the destination is of a type, without regard to case.</summary>
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
