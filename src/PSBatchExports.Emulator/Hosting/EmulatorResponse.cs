using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Hosting;

/// <summary>A complete response, built before any of it is sent.</summary>
internal sealed class EmulatorResponse
{
    private static readonly JsonSerializerOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private EmulatorResponse(int status, IResponseBody body)
    {
        Status = status;
        Body = body;
    }

    public int Status { get; }

    public IResponseBody Body { get; }

    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public static EmulatorResponse Json(int status, JsonNode body) =>
        Text(status, "application/json", body.ToJsonString(JsonOptions));

    public static EmulatorResponse Text(int status, string? contentType, string body)
    {
        var response = new EmulatorResponse(status, new BytesBody(Encoding.UTF8.GetBytes(body)));
        return contentType is null ? response : response.WithHeader("Content-Type", contentType);
    }

    public static EmulatorResponse Empty(int status) => new(status, new BytesBody([]));

    public static EmulatorResponse Create(int status, IResponseBody body) => new(status, body);

    public EmulatorResponse WithHeader(string header, string value)
    {
        Headers[header] = value;
        return this;
    }
}
