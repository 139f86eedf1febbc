using System.Text.RegularExpressions;
using PSBatchExports.Core.Tests.WholeService;
using PSBatchExports.Emulator;
using PSBatchExports.Http;

namespace PSBatchExports.Core.Tests;

/// <summary>Every kind of call, and whether it may be retried after its response was lost (docs/wire.md, section 15).</summary>
internal static class Calls
{
#pragma warning disable IDE0055 // A table reads by its columns.
    public static readonly IReadOnlyList<Call> All =
    [
        //  name                   retry mode                    the request that it is about
        //  the call
        new("list exports",        RetryMode.Always,             "GET",    "/batch_exports/$",
            (client, of) => client.In(of.Project).Exports.ListAsync().ToListAsync()),
        new("get export",          RetryMode.Always,             "GET",    "/batch_exports/[^/]+/$",
            (client, of) => client.In(of.Project).Exports.GetAsync(of.Export)),
        new("list runs",           RetryMode.Always,             "GET",    "/runs/$",
            (client, of) => client.In(of.Project).Runs.ListAsync(of.Export).ToListAsync()),
        new("get run",             RetryMode.Always,             "GET",    "/runs/[^/]+/$",
            (client, of) => client.In(of.Project).Runs.GetAsync(of.Export, of.Run)),
        new("list backfills",      RetryMode.Always,             "GET",    "/backfills/$",
            (client, of) => client.In(of.Project).Backfills.ListAsync(of.Export).ToListAsync()),
        new("get backfill",        RetryMode.Always,             "GET",    "/backfills/[^/]+/$",
            (client, of) => client.In(of.Project).Backfills.GetAsync(of.Export, of.Backfill)),
        new("read export's log",   RetryMode.Always,             "GET",    "/batch_exports/[^/]+/logs/$",
            (client, of) => client.In(of.Project).Logs.ReadAsync(LogSource.Export(of.Export)).ToListAsync()),
        new("list test steps",     RetryMode.Always,             "GET",    "/batch_exports/test/$",
            (client, of) => client.In(of.Project).DestinationTests.TestAsync(NewBucketExport).ToListAsync()),
        new("list downloads",      RetryMode.Always,             "GET",    "/file_download_batch_exports/$",
            (client, of) => client.In(of.Project).OnDemandRuns.ListAsync().ToListAsync()),
        new("get download",        RetryMode.Always,             "GET",    "/file_download_batch_exports/[^/]+/$",
            (client, of) => client.In(of.Project).OnDemandRuns.GetAsync(of.OnDemandRun)),
        new("read download's log", RetryMode.Always,             "GET",    "/file_download_batch_exports/[^/]+/logs/$",
            (client, of) => client.In(of.Project).Logs.ReadAsync(LogSource.OnDemandRun(of.OnDemandRun)).ToListAsync()),
        new("sign file",           RetryMode.Always,             "GET",    "/download/$",
            (client, of) => client.In(of.Project).Files.DescribeAsync(of.File)) { AnswersWithRedirect = true },
        new("update export",       RetryMode.Always,             "PATCH",  "/batch_exports/[^/]+/$",
            (client, of) => client.In(of.Project).Exports.UpdateAsync(of.Export, new BatchExportFields { Name = "renamed" })),
        new("replace export",      RetryMode.Always,             "PUT",    "/batch_exports/[^/]+/$",
            (client, of) => client.In(of.Project).Exports.ReplaceAsync(of.Export, NewBucketExport)),
        new("delete export",       RetryMode.Always,             "DELETE", "/batch_exports/[^/]+/$",
            (client, of) => client.In(of.Project).Exports.DeleteAsync(of.Export)),
        new("pause export",        RetryMode.Always,             "POST",   "/pause/$",
            (client, of) => client.In(of.Project).Exports.PauseAsync(of.Export)),
        new("unpause export",      RetryMode.Always,             "POST",   "/unpause/$",
            (client, of) => client.In(of.Project).Exports.ResumeAsync(of.Export, backfill: true)),
        new("cancel run",          RetryMode.Always,             "POST",   "/runs/[^/]+/cancel/$",
            (client, of) => client.In(of.Project).Runs.StopAsync(of.Export, of.Run)),
        new("cancel backfill",     RetryMode.Always,             "POST",   "/backfills/[^/]+/cancel/$",
            (client, of) => client.In(of.Project).Backfills.StopAsync(of.Export, of.Backfill)),
        new("cancel download",     RetryMode.Always,             "POST",   "/file_download_batch_exports/[^/]+/cancel/$",
            (client, of) => client.In(of.Project).OnDemandRuns.StopAsync(of.OnDemandRun)),
        new("test new export",     RetryMode.Always,             "POST",   "/run_test_step_new/$",
            (client, of) => client.In(of.Project).DestinationTests.TestAsync(NewBucketExport, [1]).ToListAsync()) { ReadsFirst = true },
        new("test stored export",  RetryMode.Always,             "POST",   "/run_test_step/$",
            (client, of) => client.In(of.Project).DestinationTests.TestAsync(of.Export, [1]).ToListAsync()) { ReadsFirst = true },
        new("count rows",          RetryMode.Always,             "POST",   "/count_rows/$",
            (client, of) => client.In(of.Project).OnDemandRuns.CountRowsAsync(Query)),
        new("create export",       RetryMode.OnlyIfNotProcessed, "POST",   "/batch_exports/$",
            (client, of) => client.In(of.Project).Exports.CreateAsync(NewExport)),
        new("create backfill",     RetryMode.OnlyIfNotProcessed, "POST",   "/backfills/$",
            (client, of) => client.In(of.Project).Backfills.StartAsync(of.Export, of.Now.AddDays(-1), of.Now.AddHours(-1)))
        {
            ReadsFirst = true,
        },
        new("create download",     RetryMode.OnlyIfNotProcessed, "POST",   "/file_download_batch_exports/$",
            (client, of) => client.In(of.Project).OnDemandRuns.StartAsync(NewRun(of.Now))),
        new("retry run",           RetryMode.OnlyIfNotProcessed, "POST",   "/retry/$",
            (client, of) => client.In(of.Project).Runs.RestartAsync(of.Export, of.Run)),
    ];
#pragma warning restore IDE0055

    public static BatchExportFields NewExport => new()
    {
        Name = "nightly",
        Interval = "hour",
        Destination = BatchExportDestination.Create(
            "Snowflake",
            new Dictionary<string, object?> { ["database"] = "d", ["warehouse"] = "w", ["schema"] = "s" },
            802),
    };

    private static BatchExportFields NewBucketExport => new()
    {
        Name = "nightly",
        Interval = "hour",
        Destination = BatchExportDestination.Create(
            "AwsS3",
            new Dictionary<string, object?> { ["bucket_name"] = "b", ["region"] = "r", ["prefix"] = "p" },
            731),
    };

    private static OnDemandRunRequest Query => new() { Model = "hogql", HogQLQuery = "SELECT event FROM events" };

    public static OnDemandRunRequest NewRun(DateTimeOffset end) => new()
    {
        Model = "events",
        Format = "JSONLines",
        DataIntervalStart = end.AddHours(-1),
        DataIntervalEnd = end,
    };

    public static Call Named(string name) => All.Single(call => call.Name == name);

    /// <summary>Makes what the call needs and gives the call.</summary>
    public static Func<BatchExportClient, Task> Prepare(string name, TestService service)
    {
        var (call, targets) = (Named(name), CallTargets.Create(service));
        return client => call.Run(client, targets);
    }

    /// <summary>How many things there are that calls can make.</summary>
    public static int Count(EmulatorState state) => state.Exports.Count + state.Backfills.Count + state.OnDemandRuns.Count;
}

/// <summary>A kind of call, and the request that it is about.</summary>
internal sealed record Call(
    string Name,
    RetryMode RetryMode,
    string Method,
    string PathPattern,
    Func<BatchExportClient, CallTargets, Task> Run)
{
    /// <summary>Whether a read of something else comes before it.</summary>
    public bool ReadsFirst { get; init; }

    /// <summary>Whether the answer has no body of interest.</summary>
    public bool AnswersWithRedirect { get; init; }

    public bool Changes => Method != "GET";

    public bool IsAbout(string method, string path) =>
        method == Method && Regex.IsMatch(path, PathPattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    /// <summary>How many resources it creates.</summary>
    public int Makes => RetryMode == RetryMode.OnlyIfNotProcessed ? 1 : 0;

    public override string ToString() => Name;
}

/// <summary>One of each resource that a call can be about.</summary>
internal sealed record CallTargets(ApiScope Project, TimeProvider Clock)
{
    public DateTimeOffset Now => Clock.GetUtcNow();

    public string Export { get; init; } = NewId();

    public string Run { get; init; } = NewId();

    public string Backfill { get; init; } = NewId();

    public string OnDemandRun { get; init; } = NewId();

    public BatchExportFile File { get; init; } = OnlyFileOf(NewId());

    /// <summary>Adds them to the emulator.</summary>
    public static CallTargets Create(TestService service)
    {
        var export = service.AddExport();
        return new(service.Project, service.Clock)
        {
            Export = export.Id.ToString(),
            Run = service.AddScheduledRun(export, TimeSpan.FromHours(3), RunStatus.Running).Id.ToString(),
            Backfill = service.AddBackfill(export).Id.ToString(),
            OnDemandRun = service.AddRun().Id.ToString(),
            File = OnlyFileOf(service.AddRun(RunStatus.Completed).Id.ToString()),
        };
    }

    private static BatchExportFile OnlyFileOf(string run) => new() { RunId = run, FileId = "0", Index = 0, IsOnly = true };

    private static string NewId() => Guid.NewGuid().ToString();
}
