using System.IO.Compression;
using System.Text.Json.Nodes;
using static PSBatchExports.Emulator.Tests.RequestBodies;

namespace PSBatchExports.Emulator.Tests;

/// <summary>A completed run and its files, in the order of their parts.</summary>
internal sealed record ExportedRun(string Id, long Records, IReadOnlyList<string> Names, IReadOnlyList<byte[]> Files)
{
    public static async Task<ExportedRun> CreateAsync(TestServer server, JsonObject body)
    {
        var id = await server.CompleteRunAsync(body);
        var run = await server.GetGeneratedRunAsync(id);
        var parts = new List<(string Name, byte[] Content)>();
        foreach (var file in run["files"]!.AsArray())
        {
            var url = await server.SignedUrlAsync(id, file!.GetValue<string>());
            using var response = await server.FetchAsync(url);
            parts.Add((NameOf(url), await response.Content.ReadAsByteArrayAsync()));
        }

        var ordered = parts.OrderBy(part => part.Name.Length).ThenBy(part => part.Name, StringComparer.Ordinal).ToArray();
        var records = run["records_completed"]!.GetValue<long>();
        return new ExportedRun(id, records, [.. ordered.Select(part => part.Name)], [.. ordered.Select(part => part.Content)]);
    }

    /// <summary>A request for all events of a day that is more than eight days ago.</summary>
    public static JsonObject Day(string format, string? compression, Action<JsonObject>? change = null) => Download(body =>
    {
        body["file"] = new JsonObject { ["format"] = format, ["compression"] = compression };
        body["include"] = new JsonArray();
        body["data_interval_end"] = "2026-09-02T00:00:00Z";
        change?.Invoke(body);
    });

    /// <summary>A request for the result of a query, without bounds.</summary>
    public static JsonObject Query(string text, string format = "JSONLines") => HogQLDownload(body =>
    {
        body["file"] = new JsonObject { ["format"] = format };
        body["hogql_query"] = text;
        body.Remove("data_interval_start");
        body.Remove("data_interval_end");
    });

    /// <summary>The name that the key in a signed URL ends with.</summary>
    public static string NameOf(string url) => Uri.UnescapeDataString(new Uri(url).AbsolutePath).Split('/')[^1];

    /// <summary>The rows of JSON lines.</summary>
    public JsonObject[] Rows() => [.. Files.SelectMany(Lines).Select(line => JsonNode.Parse(line)!.AsObject())];

    public string[] Values(string column) => [.. Rows().Select(row => row[column]!.GetValue<string>())];

    /// <summary>How many rows each file has, whatever its format.</summary>
    public async Task<long[]> CountAsync()
    {
        var counts = new List<long>();
        var isParquet = Names[0].Contains(".parquet", StringComparison.Ordinal);
        foreach (var file in Files)
            counts.Add(isParquet ? (await ParquetContent.ReadAsync(file)).Rows : Lines(file).Length);
        return [.. counts];
    }

    private string[] Lines(byte[] file)
    {
        using Stream content = Path.GetExtension(Names[0]) switch
        {
            ".gz" => new GZipStream(new MemoryStream(file), CompressionMode.Decompress),
            ".br" => new BrotliStream(new MemoryStream(file), CompressionMode.Decompress),
            _ => new MemoryStream(file),
        };
        using var reader = new StreamReader(content);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
