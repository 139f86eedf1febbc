using System.Text.Json.Serialization;

namespace PSBatchExports.Wire;

/// <summary>An answer that is an object and says nothing that is needed.</summary>
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

    /// <summary>Whether it is the service's: others have a detail, too, and problem details (RFC 9457) have a type that is an address.</summary>
    public bool IsOfTheService => Detail is not null && Type is { Length: > 0 } type && type.All(character => char.IsAsciiLetterLower(character) || character is '_');
}
