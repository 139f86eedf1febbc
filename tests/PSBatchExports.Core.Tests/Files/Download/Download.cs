using System.Globalization;
using PSBatchExports.Emulator;
using PSBatchExports.Files.Download;
using PSBatchExports.Files.Storage;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>A run with one file, and a folder to save it to.</summary>
internal sealed class Download : IAsyncDisposable
{
    /// <summary>Sizes that split a file of a mebibyte into many ranges.</summary>
    public static readonly TransferSizes Small = new(FirstRange: 64 * 1024, MinRange: 32 * 1024, MaxRange: 128 * 1024, MinKept: 32 * 1024);

    private static readonly Fault Stalled = new() { Origin = Fault.Storage, Stall = true, Skip = 4, Times = 1000 };

    private Download(TestService service, OnDemandRun run, byte[] content)
    {
        Service = service;
        Run = run;
        Content = content;
    }

    public TestService Service { get; }

    public OnDemandRun Run { get; }

    public byte[] Content { get; }

    public TestFolder Folder { get; } = new();

    public ByteRange[] Ranges =>
    [
        .. from request in Service.StorageRequests
           where request.Headers.ContainsKey("Range")
           select Parse(request.Headers["Range"], Content.Length),
    ];

    public RecordedRequest[] Signings =>
        [.. Service.Requests.Where(request => request.Path.Contains("/download/", StringComparison.Ordinal))];

    public static async Task<Download> StartAsync(Func<EmulatorOptions, EmulatorOptions>? configure = null)
    {
        configure ??= options => options;
        var service = await TestService.StartAsync(options => configure(options with { EventsPerHour = 2000 }));
        var run = service.AddRun("Completed");
        var http = new HttpClient();
        var files = service.Client.In(service.Project).Files;
        var file = Assert.Single(await files.ListAsync(run.Id.ToString()));
        var described = await files.DescribeAsync(file);
        var download = new Download(service, run, await http.GetByteArrayAsync(new Uri(described.Url!)));
        http.Dispose();
        await BoundedWait.Until(() => service.Emulator.OpenStorageConnections <= 1);
        download.Forget();
        return download;
    }

    public async Task<SavedBatchExportFile> SaveAsync(Func<SaveOptions, SaveOptions>? configure = null, int retries = 0)
    {
        var outcome = await TryAsync(configure, retries);
        Assert.Null(outcome.Failure);
        return outcome.Saved!;
    }

    public async Task<SaveOutcome> TryAsync(Func<SaveOptions, SaveOptions>? configure = null, int retries = 0)
    {
        var client = Service.Connect(options => options with { MaximumRetryCount = retries });
        var file = Assert.Single(await client.In(Service.Project).Files.ListAsync(Run.Id.ToString()));
        return Assert.Single(await client.In(Service.Project).Files.SaveAsync([file], Options(configure)).ToListAsync());
    }

    /// <summary>Cancels a download halfway.</summary>
    /// <returns>The number of bytes that had arrived by then.</returns>
    public async Task<long> InterruptAsync()
    {
        using var stop = new CancellationTokenSource();
        Service.Break(Stalled);
        var arrived = 0L;
        var files = Service.Client.In(Service.Project).Files;
        var file = Assert.Single(await files.ListAsync(Run.Id.ToString()));
        var options = Options(options => options with { Connections = 2, OnProgress = OnProgress });
        var work = files.SaveAsync([file], options, stop.Token).ToListAsync();
        await BoundedWait.Until(() => Volatile.Read(ref arrived) > Small.FirstRange + Small.MaxRange);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.Equal(2, Folder.Entries.Count());
        Service.Emulator.Faults.Clear();
        Forget();
        return arrived;

        void OnProgress(DownloadProgress progress) => Volatile.Write(ref arrived, progress.Bytes);
    }

    public void Forget()
    {
        Service.Emulator.StorageRequests.Clear();
        Service.Emulator.Requests.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        Folder.Dispose();
    }

    private SaveOptions Options(Func<SaveOptions, SaveOptions>? configure) =>
        (configure ?? (unchanged => unchanged))(new SaveOptions { Folder = Folder.Path, Sizes = Small });

    private static ByteRange Parse(string header, long length)
    {
        var bounds = header["bytes=".Length..].Split('-').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new ByteRange(bounds[0], Math.Min(bounds[1] + 1, length));
    }
}
