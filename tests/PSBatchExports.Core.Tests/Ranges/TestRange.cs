using PSBatchExports.Emulator;

namespace PSBatchExports.Core.Tests.Ranges;

/// <summary>An emulator, and a folder into which its events are saved by windows.</summary>
internal sealed class TestRange : IAsyncDisposable
{
    private readonly TestFolder _folder = new();

    private TestRange(TestService service) => Service = service;

    public TestService Service { get; }

    public string Folder => _folder.Path;

    public static async Task<TestRange> StartAsync(Func<EmulatorOptions, EmulatorOptions>? configure = null) =>
        new(await TestService.StartAsync(options => configure?.Invoke(Small(options)) ?? Small(options)));

    public async Task<IReadOnlyList<RangeOutcome>> SaveAsync(
        DateTimeOffset start, int days, Func<RangeSaveOptions, RangeSaveOptions>? configure = null, double step = 0.5)
    {
        var saver = new RangeSaver(Service.Client, Service.Clock);
        return await Service.Clock.AdvanceUntilAsync(RunAsync(), TimeSpan.FromSeconds(step));

        async Task<IReadOnlyList<RangeOutcome>> RunAsync()
        {
            var outcomes = new List<RangeOutcome>();
            await foreach (var outcome in saver.SaveAsync(Service.Project, Options(start, days, configure)))
                outcomes.Add(outcome);

            return outcomes;
        }
    }

    /// <summary>Saves a range of which nothing fails.</summary>
    public async Task<IReadOnlyList<SavedBatchExportWindow>> SaveWholeAsync(
        DateTimeOffset start, int days, Func<RangeSaveOptions, RangeSaveOptions>? configure = null)
    {
        var outcomes = await SaveAsync(start, days, configure);
        if (outcomes.FirstOrDefault(outcome => outcome.Saved is null) is { } failed)
            throw new InvalidOperationException($"{failed.Window}: {failed.Problem}, {failed.Window.Error}", failed.Failure);

        return [.. outcomes.Select(outcome => outcome.Saved!)];
    }

    public WindowPlan Plan(DateTimeOffset start, int days) =>
        new RangeSaver(Service.Client, Service.Clock).Plan(Service.Project, Options(start, days, configure: null));

    /// <summary>The folders of windows, relative to the ledger's.</summary>
    public IEnumerable<string> Folders() => Directory.EnumerateDirectories(Folder, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
        .Where(path => path.Contains('/', StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    public string PathOf(string name) => Path.GetFullPath(Path.Combine(Folder, name));

    /// <summary>The rows of all files in a folder.</summary>
    public long RowsIn(string folder) => Directory.EnumerateFiles(folder).Sum(file => (long)File.ReadLines(file).Count());

    public IReadOnlyCollection<BatchExportLedgerEntry> Ledger() => Ledgers.Read(Folder);

    public int ActiveRuns() =>
        Service.Emulator.State.OnDemandRuns.Count(run => RunStatus.IsActive(run.StatusAt(Service.Clock.GetUtcNow())));

    /// <summary>Does something once the emulator has got the first request for a run.</summary>
    public void AfterFirstPost(Action action)
    {
        var isDone = 0;
        Service.Observer.BeforeRequest = _ =>
        {
            if (Service.Requests.Any(request => request.Method == "POST") && Interlocked.Exchange(ref isDone, 1) == 0)
                action();
        };
    }

    public OnDemandSpecification Specification(DateTimeOffset start, int days) => new()
    {
        Format = "JSONLines",
        Start = start,
        End = start.AddDays(days),
        MaxSizeMB = 1024,
    };

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        _folder.Dispose();
    }

    private RangeSaveOptions Options(DateTimeOffset start, int days, Func<RangeSaveOptions, RangeSaveOptions>? configure)
    {
        var options = new RangeSaveOptions
        {
            Folder = Folder,
            Settings = new OnDemandRunRequest { Model = "events", Format = "JSONLines" },
            Range = new TimeRange(start, start.AddDays(days)),
        };
        return configure?.Invoke(options) ?? options;
    }

    private static EmulatorOptions Small(EmulatorOptions options) => options with
    {
        EventsPerHour = 2,
        RunDuration = TimeSpan.FromSeconds(12),
        FileRetention = TimeSpan.FromDays(3),
    };
}
