using System.Text.Json;
using PSBatchExports.Json;

namespace PSBatchExports.Wire;

/// <summary>The service's error object (docs/wire.md, section 3).</summary>
internal sealed record ErrorBody
{
    private ErrorBody(ref Utf8JsonReader json)
    {
        json.EnterObject();
        while (json.NextField(out var name))
        {
            switch (name)
            {
                case "type": Type = json.Text(); break;
                case "code": Code = json.Text(); break;
                case "detail": Detail = json.Text(); break;
                case "attr": Attribute = json.Text(); break;
                default: json.Skip(); break;
            }
        }
    }

    internal static ErrorBody Read(ref Utf8JsonReader json) => new(ref json);

    public string? Type { get; init; }

    public string? Code { get; init; }

    public string? Detail { get; init; }

    public string? Attribute { get; init; }

    /// <summary>
    /// Whether this is the service's error. Others have a detail, too, and in problem details (RFC 9457) the type is a URL.
    /// </summary>
    public bool IsServiceError =>
        Detail is not null && Type is { Length: > 0 } type && type.All(character => char.IsAsciiLetterLower(character) || character is '_');
}
