using System.Text.Json;
using PSBatchExports.Json;

namespace PSBatchExports;

/// <summary>A line of a log (docs/wire.md, section 10).</summary>
public sealed record BatchExportLogEntry : ServiceObject
{
    private readonly Dictionary<string, JsonElement>? _unknown;

    /// <summary>An object without any field.</summary>
    public BatchExportLogEntry()
    {
    }

    private BatchExportLogEntry(ref Utf8JsonReader json)
    {
        json.EnterObject();
        while (json.NextField(out var name))
        {
            switch (name)
            {
                case "timestamp": Timestamp = json.Required(json.Time()); break;
                case "level": Level = json.Shared(); break;
                case "message": Message = json.Text(); break;
                case "instance_id": InstanceId = json.Shared(); break;
                case "log_source_id": LogSourceId = json.Shared(); break;
                default: json.Keep(name, ref _unknown); break;
            }
        }
    }

    internal static BatchExportLogEntry Read(ref Utf8JsonReader json) => new(ref json);

    /// <summary>The export whose log was read; null for the log of an on-demand run.</summary>
    public string? BatchExportId { get; init; }

    /// <summary>The export's name; null unless it is known without another request.</summary>
    public string? BatchExportName { get; init; }

    /// <summary>The run whose log was read; null for the log of a whole export.</summary>
    public string? RunId { get; init; }

    /// <summary>The project's number; null if the request did not have it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>When it was written, to the microsecond.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>DEBUG, INFO, WARNING, ERROR or another level of the server.</summary>
    public string? Level { get; init; }

    /// <summary>The message.</summary>
    public string? Message { get; init; }

    /// <summary>The id of the workflow execution that wrote it, which is not a run's id.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The id of the log source in the service's log store.</summary>
    public string? LogSourceId { get; init; }

    /// <summary>The fields of the response that this module does not know.</summary>
    public IDictionary<string, object?> AdditionalProperties => PlainJson.ToDictionary(_unknown);

    /// <summary>The time, the level and the message.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Timestamp.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffff}Z {Level} {Message}");
}
