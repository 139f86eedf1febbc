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

    /// <summary>That export's name; null where it is not known without asking the service for it.</summary>
    [JsonIgnore]
    public string? BatchExportName { get; init; }

    /// <summary>The run whose log was read; null where it was the whole export's.</summary>
    [JsonIgnore]
    public string? RunId { get; init; }

    /// <summary>The project; null where the request did not name it by number.</summary>
    [JsonIgnore]
    public int? ProjectId { get; init; }

    /// <summary>When it was written, to the microsecond.</summary>
    [JsonPropertyName("timestamp")]
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>DEBUG, INFO, WARNING, ERROR or another word of the server's.</summary>
    [JsonPropertyName("level")]
    public string? Level { get; init; }

    /// <summary>The text.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    /// <summary>The workflow execution that wrote it. It is not a run's id.</summary>
    [JsonPropertyName("instance_id")]
    public string? InstanceId { get; init; }

    /// <summary>What the log store filed it under.</summary>
    [JsonPropertyName("log_source_id")]
    public string? LogSourceId { get; init; }

    /// <summary>Fields of the answer that this module does not know.</summary>
    [JsonIgnore]
    public IDictionary<string, object?> AdditionalProperties => PlainJson.ToDictionary(UnknownFields);

    [JsonExtensionData, JsonInclude]
    internal Dictionary<string, JsonElement>? UnknownFields { get; set; }

    /// <summary>Time, level and message.</summary>
    public override string ToString() => FormattableString.Invariant($"{Timestamp.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffff}Z {Level} {Message}");
}
