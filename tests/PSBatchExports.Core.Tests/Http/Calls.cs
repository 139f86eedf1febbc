using System.Text.RegularExpressions;
using PSBatchExports.Core.Tests.WholeService;
using PSBatchExports.Emulator;
using PSBatchExports.Http;

namespace PSBatchExports.Core.Tests;

/// <summary>Every kind of call, by whether it may be sent again after its answer was lost (docs/wire.md, section 15).</summary>
internal static class Calls
{
#pragma warning disable IDE0055 // A table reads by its columns.
    public static readonly IReadOnlyList<Call> All =
    [
        //  name                   may be repeated            the request that it is about                                    the call
        new("list exports",        Repeat.Freely,             "GET",    "/batch_exports/$",                                     (client, of) => client.In(of.Project).Exports.ListAsync().ToListAsync()),
        new("get export",          Repeat.Freely,             "GET",    "/batch_exports/[^/]+/$",                               (client, of) => client.In(of.Project).Exports.GetAsync(of.Export)),
        new("list runs",           Repeat.Freely,             "GET",    "/runs/$",                                              (client, of) => client.In(of.Project).Runs.ListAsync(of.Export).ToListAsync()),
        new("get run",             Repeat.Freely,             "GET",    "/runs/[^/]+/$",                                        (client, of) => client.In(of.Project).Runs.GetAsync(of.Export, of.Run)),
        new("list backfills",      Repeat.Freely,             "GET",    "/backfills/$",                                         (client, of) => client.In(of.Project).Backfills.ListAsync(of.Export).ToListAsync()),
        new("get backfill",        Repeat.Freely,             "GET",    "/backfills/[^/]+/$",                                   (client, of) => client.In(of.Project).Backfills.GetAsync(of.Export, of.Backfill)),
        new("read export's log",   Repeat.Freely,             "GET",    "/batch_exports/[^/]+/logs/$",                          (client, of) => client.In(of.Project).Logs.ReadAsync(LogSource.Export(of.Export)).ToListAsync()),
        new("list test steps",     Repeat.Freely,             "GET",    "/batch_exports/test/$",                                (client, of) => client.In(of.Project).DestinationTests.TestAsync(NewBucketExport).ToListAsync()),
        new("list downloads",      Repeat.Freely,             "GET",    "/file_download_batch_exports/$",                       (client, of) => client.In(of.Project).OnDemandRuns.ListAsync().ToListAsync()),
        new("get download",        Repeat.Freely,             "GET",    "/file_download_batch_exports/[^/]+/$",                 (client, of) => client.In(of.Project).OnDemandRuns.GetAsync(of.OnDemandRun)),
        new("read download's log", Repeat.Freely,             "GET",    "/file_download_batch_exports/[^/]+/logs/$",            (client, of) => client.In(of.Project).Logs.ReadAsync(LogSource.OnDemandRun(of.OnDemandRun)).ToListAsync()),
        new("sign file",           Repeat.Freely,             "GET",    "/download/$",                                          (client, of) => client.In(of.Project).Files.DescribeAsync(of.File)) { AnswersWithRedirect = true },
        new("update export",       Repeat.Freely,             "PATCH",  "/batch_exports/[^/]+/$",                               (client, of) => client.In(of.Project).Exports.UpdateAsync(of.Export, new BatchExportFields { Name = "renamed" })),
        new("replace export",      Repeat.Freely,             "PUT",    "/batch_exports/[^/]+/$",                               (client, of) => client.In(of.Project).Exports.ReplaceAsync(of.Export, NewBucketExport)),
        new("delete export",       Repeat.Freely,             "DELETE", "/batch_exports/[^/]+/$",                               (client, of) => client.In(of.Project).Exports.DeleteAsync(of.Export)),
        new("pause export",        Repeat.Freely,             "POST",   "/pause/$",                                             (client, of) => client.In(of.Project).Exports.PauseAsync(of.Export)),
        new("unpause export",      Repeat.Freely,             "POST",   "/unpause/$",                                           (client, of) => client.In(of.Project).Exports.ResumeAsync(of.Export, backfill: true)),
        new("cancel run",          Repeat.Freely,             "POST",   "/runs/[^/]+/cancel/$",                                 (client, of) => client.In(of.Project).Runs.StopAsync(of.Export, of.Run)),
        new("cancel backfill",     Repeat.Freely,             "POST",   "/backfills/[^/]+/cancel/$",                            (client, of) => client.In(of.Project).Backfills.StopAsync(of.Export, of.Backfill)),
        new("cancel download",     Repeat.Freely,             "POST",   "/file_download_batch_exports/[^/]+/cancel/$",          (client, of) => client.In(of.Project).OnDemandRuns.StopAsync(of.OnDemandRun)),
        new("test new export",     Repeat.Freely,             "POST",   "/run_test_step_new/$",                                 (client, of) => client.In(of.Project).DestinationTests.TestAsync(NewBucketExport, [1]).ToListAsync()) { ReadsFirst = true },
        new("test stored export",  Repeat.Freely,             "POST",   "/run_test_step/$",                                     (client, of) => client.In(of.Project).DestinationTests.TestAsync(of.Export, [1]).ToListAsync()) { ReadsFirst = true },
        new("count rows",          Repeat.Freely,             "POST",   "/count_rows/$",                                        (client, of) => client.In(of.Project).OnDemandRuns.CountRowsAsync(Query)),
        new("create export",       Repeat.OnlyIfNothingHappened, "POST", "/batch_exports/$",                                    (client, of) => client.In(of.Project).Exports.CreateAsync(NewExport)),
        new("create backfill",     Repeat.OnlyIfNothingHappened, "POST", "/backfills/$",                                        (client, of) => client.In(of.Project).Backfills.StartAsync(of.Export, of.Now.AddDays(-1), of.Now.AddHours(-1))) { ReadsFirst = true },
        new("create download",     Repeat.OnlyIfNothingHappened, "POST", "/file_download_batch_exports/$",                      (client, of) => client.In(of.Project).OnDemandRuns.StartAsync(NewRun(of.Now))),
        new("retry run",           Repeat.OnlyIfNothingHappened, "POST", "/retry/$",                                            (client, of) => client.In(of.Project).Runs.RestartAsync(of.Export, of.Run)),
    ];
#pragma warning restore IDE0055

    public static BatchExportFields NewExport => new()
    {
        Name = "nightly",
        Interval = "hour",
        Destination = BatchExportDestination.Create("Snowflake", new Dictionary<string, object?> { ["database"] = "d", ["warehouse"] = "w", ["schema"] = "s" }, 802),
    };

    private static BatchExportFields NewBucketExport => new()
    {
        Name = "nightly",
        Interval = "hour",
        Destination = BatchExportDestination.Create("AwsS3", new Dictionary<string, object?> { ["bucket_name"] = "b", ["region"] = "r", ["prefix"] = "p" }, 731),
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
        var (call, subjects) = (Named(name), Subjects.In(service));
        return client => call.Run(client, subjects);
    }

    /// <summary>How many things there are that calls can make.</summary>
    public static int Count(EmulatorState state) => state.Exports.Count + state.Backfills.Count + state.OnDemandRuns.Count;
}

/// <summary>A kind of call, and the request that it is about.</summary>
internal sealed record Call(string Name, Repeat Repeat, string Method, string PathPattern, Func<BatchExportClient, Subjects, Task> Run)
{
    /// <summary>Whether a read of something else comes before it.</summary>
    public bool ReadsFirst { get; init; }

    /// <summary>Whether the answer has no body of interest.</summary>
    public bool AnswersWithRedirect { get; init; }

    public bool Changes => Method != "GET";

    public bool IsAbout(string method, string path) => method == Method && Regex.IsMatch(path, PathPattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    /// <summary>How many things it makes.</summary>
    public int Makes => Repeat == Repeat.OnlyIfNothingHappened ? 1 : 0;

    public override string ToString() => Name;
}

/// <summary>One of each thing that a call can be about.</summary>
internal sealed record Subjects(ApiScope Project, TimeProvider Clock)
{
    public DateTimeOffset Now => Clock.GetUtcNow();

    public string Export { get; init; } = NewId();

    public string Run { get; init; } = NewId();

    public string Backfill { get; init; } = NewId();

    public string OnDemandRun { get; init; } = NewId();

    public BatchExportFile File { get; init; } = OnlyFileOf(NewId());

    /// <summary>Puts them into the emulator.</summary>
    public static Subjects In(TestService service)
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
