using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Hosting;

/// <summary>A complete answer, made before any of it is sent.</summary>
internal sealed class Answer
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private Answer(int status, IAnswerBody body)
    {
        Status = status;
        Body = body;
    }

    public int Status { get; }

    public IAnswerBody Body { get; }

    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public static Answer Json(int status, JsonNode body) =>
        Text(status, "application/json", body.ToJsonString(s_json));

    public static Answer Text(int status, string? contentType, string body)
    {
        var answer = new Answer(status, new BytesBody(Encoding.UTF8.GetBytes(body)));
        return contentType is null ? answer : answer.With("Content-Type", contentType);
    }

    public static Answer Empty(int status) => new(status, new BytesBody([]));

    public static Answer Of(int status, IAnswerBody body) => new(status, body);

    public Answer With(string header, string value)
    {
        Headers[header] = value;
        return this;
    }
}
