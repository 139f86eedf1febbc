using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Tests;

/// <summary>Request bodies based on the recorded ones.</summary>
public static class RequestBodies
{
    /// <summary>A recorded request with a change.</summary>
    public static JsonObject Changed(string fixture, Action<JsonObject> change)
    {
        var body = Fixture.Json(fixture).AsObject();
        change(body);
        return body;
    }

    public static JsonObject Export(Action<JsonObject> change) => Changed("create-batch-export.request.aws-s3", change);

    public static JsonObject ExportTo(string destination, Action<JsonObject> change) =>
        Changed("create-batch-export.request." + destination, change);

    public static JsonObject Config(this JsonObject body) => body["destination"]!["config"]!.AsObject();

    public static JsonObject Download(Action<JsonObject>? change = null)
    {
        var body = Fixture.Json("create-file-download.request.events").AsObject();
        change?.Invoke(body);
        return body;
    }

    public static JsonObject HogQLDownload(Action<JsonObject> change) => Changed("create-file-download.request.hogql", change);

    public static JsonObject Backfill(string? start, string? end) => new() { ["start_at"] = start, ["end_at"] = end };
}
