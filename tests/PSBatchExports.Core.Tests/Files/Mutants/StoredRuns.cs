using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Creates runs of several small files, as the emulated service writes them.</summary>
internal sealed class StoredRuns : IAsyncDisposable
{
    private static readonly (string Format, string? Compression)[] Kinds =
    [
        .. FileFormats.Compressions.Select(compression => ("Parquet", (string?)compression)),
        ("Parquet", null),
        ("JSONLines", "gzip"),
        ("JSONLines", "brotli"),
        ("JSONLines", null),
    ];

    private static readonly string[] Models = ["events", "persons", "sessions"];

    private readonly TestService _service;
    private readonly HttpClient _http = new();

    private StoredRuns(TestService service) => _service = service;

    public static int KindCount => Kinds.Length;

    public static async Task<StoredRuns> StartAsync(int seed) =>
        new(await TestService.StartAsync(options => options with { Seed = seed, EventsPerHour = 60 }));

    /// <summary>A run of one to four files of one kind.</summary>
    public async Task<StoredFile[]> NextAsync(int kind, Random random)
    {
        var (format, compression) = Kinds[kind % Kinds.Length];
        var model = Models[random.Next(Models.Length)];
        var files = new StoredFile[random.Next(1, 5)];
        for (var number = 0; number < files.Length; number++)
        {
            var start = _service.Clock.GetUtcNow().AddHours(-100 + (10 * number));
            var run = _service.AddRun("Completed", new OnDemandSpecification
            {
                Model = model,
                Format = format,
                Compression = compression,
                Start = start,
                End = start.AddMinutes(random.Next(3, 60)),
            });
            files[number] = await ReadAsync(run.Id.ToString());
        }

        return files;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _service.DisposeAsync();
    }

    private async Task<StoredFile> ReadAsync(string runId)
    {
        var run = await _service.Client.In(_service.Project).OnDemandRuns.GetAsync(runId);
        var file = Assert.Single(await _service.Client.In(_service.Project).Files.ListAsync(runId));
        var found = await _service.Client.In(_service.Project).Files.DescribeAsync(file);
        return new StoredFile(found.Name!, await _http.GetByteArrayAsync(new Uri(found.Url!)), run.RecordsCompleted!.Value, found.ETag!);
    }
}
