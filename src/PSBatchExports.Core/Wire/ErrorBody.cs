using System.Text.Json.Serialization;

namespace PSBatchExports.Wire;

/// <summary>A response whose content does not matter.</summary>
internal sealed record Acknowledgement;

/// <summary>The service's error object (docs/wire.md, section 3).</summary>
internal sealed record ErrorBody
{
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("detail")]
    public string? Detail { get; init; }

    [JsonPropertyName("attr")]
    public string? Attribute { get; init; }

    /// <summary>
    /// Whether this is the service's error. Others have a detail, too, and in problem details (RFC 9457) the type is a URL.
    /// </summary>
    public bool IsServiceError =>
        Detail is not null && Type is { Length: > 0 } type && type.All(character => char.IsAsciiLetterLower(character) || character is '_');
}
