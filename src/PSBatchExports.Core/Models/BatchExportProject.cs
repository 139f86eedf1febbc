using System.Globalization;
using System.Text.Json.Serialization;

namespace PSBatchExports;

/// <summary>A project (docs/wire.md, section 17).</summary>
public sealed record BatchExportProject : ServiceObject
{
    /// <summary>The number.</summary>
    [JsonPropertyName("id"), JsonRequired]
    public int ProjectId { get; init; }

    /// <summary>The name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>The UUID of the organization.</summary>
    [JsonPropertyName("organization")]
    public string? OrganizationId { get; init; }

    /// <summary>The IANA name of the time zone.</summary>
    [JsonPropertyName("timezone")]
    public string? TimeZone { get; init; }

    /// <summary>The service's origin.</summary>
    [JsonIgnore]
    public string? ApiHost { get; init; }

    /// <summary>"Acme web (12345)".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} ({ProjectId})");
}
