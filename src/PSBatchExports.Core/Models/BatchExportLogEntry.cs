using System.Text.Json;
using System.Text.Json.Serialization;
using PSBatchExports.Json;

namespace PSBatchExports;

/// <summary>A line of a log (docs/wire.md, section 10).</summary>
public sealed record BatchExportLogEntry : ServiceObject
{
    /// <summary>The export whose log was read; null for the log of an on-demand run.</summary>
    [JsonIgnore]
    public string? BatchExportId { get; init; }

    /// <summary>The export's name; null unless it is known without another request.</summary>
    [JsonIgnore]
    public string? BatchExportName { get; init; }

    /// <summary>The run whose log was read; null for the log of a whole export.</summary>
    [JsonIgnore]
    public string? RunId { get; init; }

    /// <summary>The project's number; null if the request did not have it.</summary>
    [JsonIgnore]
    public int? ProjectId { get; init; }

    /// <summary>When it was written, to the microsecond.</summary>
    [JsonPropertyName("timestamp")]
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>DEBUG, INFO, WARNING, ERROR or another level of the server.</summary>
    [JsonPropertyName("level")]
    public string? Level { get; init; }

    /// <summary>The message.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>The id of the workflow execution that wrote it, which is not a run's id.</summary>
    [JsonPropertyName("instance_id")]
    public string? InstanceId { get; init; }

    /// <summary>The id of the log source in the service's log store.</summary>
    [JsonPropertyName("log_source_id")]
    public string? LogSourceId { get; init; }

    /// <summary>The fields of the response that this module does not know.</summary>
    [JsonIgnore]
    public IDictionary<string, object?> AdditionalProperties => PlainJson.ToDictionary(UnknownFields);

    [JsonExtensionData, JsonInclude]
    internal Dictionary<string, JsonElement>? UnknownFields { get; set; }

    /// <summary>The time, the level and the message.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Timestamp.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffff}Z {Level} {Message}");
}
