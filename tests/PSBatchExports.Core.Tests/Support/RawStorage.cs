using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using PSBatchExports.OnDemand;

namespace PSBatchExports.Core.Tests;

/// <summary>A service with one completed run of one file, and a storage that answers with the given bytes.</summary>
internal sealed class RawStorage : IDisposable
{
    public const string FileName = "part-0.jsonl";

    public const string SignInPage = "<!DOCTYPE html>\n<html><body><form action=\"/login\">Please sign in</form></body></html>";

    private const string Query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600&X-Amz-Signature=0123abcd";

    private readonly RawServer _api;
    private readonly RawServer _storage;
    private readonly List<BatchExportClient> _clients = [];
    private readonly RecordingObserver _observer = new(new TestClock());

    /// <param name="answer">Yields the storage's answer to a request for the file; any other request gets a sign-in page.</param>
    /// <param name="certificate">The certificate for TLS of the service and the storage; null for plain text.</param>
    /// <param name="isPlain">Whether the storage uses plain text regardless.</param>
    public RawStorage(Func<StorageRequest, IEnumerable<byte[]>> answer, X509Certificate2? certificate = null, bool isPlain = false)
    {
        Redirect = () => RedirectTo(SignedAddress);
        _storage = new RawServer(
            head => Asks(head, "GET /file/") ? answer(new StorageRequest(head)) : [Page()],
            isPlain ? null : certificate);
        _api = new RawServer(
            head => [Asks(head, "/download/") ? Redirect() : Asks(head, "GET /api/") ? RawServer.Json(Run) : Page()], certificate);
    }

    /// <summary>Where the service is.</summary>
    public Uri ApiOrigin => _api.Origin;

    /// <summary>Where the storage is.</summary>
    public Uri StorageOrigin => _storage.Origin;

    /// <summary>The address of the file, which asks for no header.</summary>
    public string SignedAddress => $"{_storage.Origin}file/{FileName}?{Query}";

    /// <summary>The rows that the service says the run has; null where it does not say.</summary>
    public long? Records { get; init; }

    /// <summary>What the client warned of.</summary>
    public IReadOnlyCollection<string> Warnings => _observer.Warnings;

    /// <summary>Makes the service's answer to a request for an address.</summary>
    public Func<byte[]> Redirect { get; set; }

    /// <summary>The heads of the requests to the storage.</summary>
    public IReadOnlyList<StorageRequest> Requests => _storage.Requests.Select(head => new StorageRequest(head)).ToArray();

    private static string FileId => "0195f1c2-0000-0000-0000-000000000001";

    private string Run => JsonSerializer.Serialize(new { status = "Completed", files = new[] { FileId }, records_completed = Records });

    public static byte[] RedirectTo(string location, string status = "302 Found") =>
        RawServer.Head(status, $"Location: {location}\r\nContent-Length: 0\r\n");

    public async Task<SaveOutcome> SaveAsync(
        TestFolder folder,
        int retries = 2,
        Func<SaveOptions, SaveOptions>? configure = null,
        Func<BatchExportClientOptions, BatchExportClientOptions>? connect = null)
    {
        var project = ApiScope.Project("12345");
        var connection = TestService.OptionsFor(_api.Origin, "phx_test", TimeProvider.System) with
        {
            MaximumRetryCount = retries,
            MaximumRetryDelay = TimeSpan.FromMilliseconds(1),
            Timeout = TimeSpan.FromSeconds(10),
            SkipCertificateCheck = true,
        };
        var client = new BatchExportClient(connect?.Invoke(connection) ?? connection);
        _clients.Add(client);
        var options = new SaveOptions { Folder = folder.Path, Sizes = Download.Small, StallTimeout = TimeSpan.FromSeconds(10) };
        var list = (await client.In(project).Files.ReadListAsync("0195f1c2-0000-0000-0000-0000000000aa")).As(ListState.Complete);
        var files = client.WithObserver(_observer).In(project).Files;
        return (await files.SaveAsync([new RunSelection(list)], configure?.Invoke(options) ?? options).ToListAsync())[0];
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();

        _api.Dispose();
        _storage.Dispose();
    }

    private static bool Asks(string head, string what) => head.Split("\r\n")[0].Contains(what, StringComparison.Ordinal);

    private static byte[] Page() => RawServer.Answer(Encoding.ASCII.GetBytes(SignInPage), "Content-Type: text/html\r\n");
}

/// <summary>A request to a storage.</summary>
internal sealed partial class StorageRequest(string head)
{
    /// <summary>The first byte that it asks for; null for the whole file.</summary>
    public int? First => Bound("first");

    /// <summary>The last byte that it asks for; null for the whole file.</summary>
    public int? Last => Bound("last");

    public string? Header(string name)
    {
        var line = Array.Find(head.Split("\r\n"), line => line.StartsWith($"{name}: ", StringComparison.OrdinalIgnoreCase));
        return line?[(name.Length + 2)..];
    }

    private int? Bound(string name)
    {
        var range = Range().Match(Header("Range") ?? "");
        return range.Success ? int.Parse(range.Groups[name].ValueSpan, CultureInfo.InvariantCulture) : null;
    }

    [GeneratedRegex("^bytes=(?<first>[0-9]+)-(?<last>[0-9]+)$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Range();
}
