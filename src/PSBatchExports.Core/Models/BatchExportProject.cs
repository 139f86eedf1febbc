using System.Globalization;
using System.Text.Json;
using PSBatchExports.Json;

namespace PSBatchExports;

/// <summary>A project (docs/wire.md, section 17).</summary>
public sealed record BatchExportProject : ServiceObject
{
    /// <summary>An object without any field.</summary>
    public BatchExportProject()
    {
    }

    private BatchExportProject(ref Utf8JsonReader json)
    {
        var hasId = false;
        json.EnterObject();
        while (json.NextField(out var name))
        {
            hasId |= name == "id";
            switch (name)
            {
                case "id": ProjectId = json.Required(json.Int()); break;
                case "name": Name = json.Text(); break;
                case "organization": OrganizationId = json.Text(); break;
                case "timezone": TimeZone = json.Shared(); break;
                default: json.Skip(); break;
            }
        }

        if (!hasId)
            throw new JsonException("There is no id.");
    }

    internal static BatchExportProject Read(ref Utf8JsonReader json) => new(ref json);

    /// <summary>The number.</summary>
    public int ProjectId { get; init; }

    /// <summary>The name.</summary>
    public string? Name { get; init; }

    /// <summary>The UUID of the organization.</summary>
    public string? OrganizationId { get; init; }

    /// <summary>The IANA name of the time zone.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The service's origin.</summary>
    public string? ApiHost { get; init; }

    /// <summary>"Acme web (12345)".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} ({ProjectId})");
}
