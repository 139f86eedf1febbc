using System.Globalization;
using System.Text.Json;
using PSBatchExports.OnDemand;

namespace PSBatchExports.Core.Tests;

/// <summary>A service with one completed run, and a storage with the files that a test chooses.</summary>
internal sealed class StoredRunService : IDisposable
{
    private const string RunId = "0195f1c2-0000-0000-0000-0000000000aa";
    private const string Query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600&X-Amz-Signature=0123abcd";

    private readonly StoredFile[] _files;
    private readonly RawServer _api;
    private readonly RawServer _storage;

    /// <param name="files">The files that the run lists.</param>
    /// <param name="records">The rows that the service says it exported.</param>
    public StoredRunService(StoredFile[] files, long records)
    {
        _files = files;
        var ids = files.Select((_, number) => $"0195f1c2-0000-0000-0000-{number:x12}").ToArray();
        var run = JsonSerializer.Serialize(new { status = "Completed", files = ids, records_completed = records });
        _storage = new RawServer(head => [Content(head)]);
        _api = new RawServer(head => [head.Contains("/download/", StringComparison.Ordinal) ? Redirect(head, ids) : RawServer.Json(run)]);
    }

    public async Task<IReadOnlyList<SaveOutcome>> SaveAsync(TestFolder folder)
    {
        using var client = new BatchExportClient(TestService.OptionsFor(_api.Origin, "phx_test", TimeProvider.System));
        var project = ApiScope.Project("12345");
        var list = (await client.In(project).Files.ReadListAsync(RunId)).As(ListState.Complete);
        return await client.In(project).Files.SaveAsync(
            [new RunSelection(list)], new SaveOptions { Folder = folder.Path, Verify = true }).ToListAsync();
    }

    public void Dispose()
    {
        _api.Dispose();
        _storage.Dispose();
    }

    private byte[] Redirect(string head, string[] ids)
    {
        var number = Math.Max(0, Array.FindIndex(ids, id => head.Split("\r\n")[0].Contains(id, StringComparison.Ordinal)));
        return RawStorage.RedirectTo($"{_storage.Origin}{number}/{Uri.EscapeDataString(_files[number].Name)}?{Query}");
    }

    private byte[] Content(string head)
    {
        var request = new StorageRequest(head);
        var file = _files[int.Parse(head.Split('/')[1], CultureInfo.InvariantCulture)];
        var headers = $"ETag: {file.Tag}\r\nContent-Disposition: attachment; filename=\"{file.Name}\"\r\n"
            + "Last-Modified: Wed, 07 Oct 2026 12:00:00 GMT\r\n";
        var (first, last) = (request.First ?? 0, Math.Min(request.Last ?? int.MaxValue, file.Content.Length - 1));
        return request.First is null
            ? RawServer.Answer(file.Content, headers)
            : RawServer.Answer(
                file.Content[first..(last + 1)],
                $"{headers}Content-Range: bytes {first}-{last}/{file.Content.Length}\r\n",
                "206 Partial Content");
    }
}
