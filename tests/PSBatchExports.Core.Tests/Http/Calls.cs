using PSBatchExports.Emulator;

namespace PSBatchExports.Core.Tests;

/// <summary>One call of each kind that has rules of its own about being sent again.</summary>
internal static class Calls
{
    public static readonly string[] Repeatable = ["get", "update", "delete", "pause", "resume", "cancel"];

    public static readonly string[] NotRepeatable = ["create export", "start run"];

    public static IEnumerable<string> All => Repeatable.Concat(NotRepeatable);

    public static BatchExportFields NewExport => new()
    {
        Name = "nightly",
        Interval = "hour",
        Destination = BatchExportDestination.Create("Snowflake", new Dictionary<string, object?> { ["database"] = "d", ["warehouse"] = "w", ["schema"] = "s" }, 802),
    };

    public static OnDemandRunRequest NewRun(DateTimeOffset end) => new()
    {
        Model = "events",
        Format = "JSONLines",
        DataIntervalStart = end.AddHours(-1),
        DataIntervalEnd = end,
    };

    /// <summary>Prepares what the call needs and gives the call.</summary>
    public static Func<BatchExportClient, Task> Prepare(string name, TestService service)
    {
        var export = service.AddExport();
        var id = export.Id.ToString();
        var run = service.AddRun().Id.ToString();
        return client => name switch
        {
            "get" => client.Exports.GetAsync(service.Project, id),
            "update" => client.Exports.UpdateAsync(service.Project, id, new BatchExportFields { Name = "renamed" }),
            "delete" => client.Exports.DeleteAsync(service.Project, id),
            "pause" => client.Exports.PauseAsync(service.Project, id),
            "resume" => client.Exports.ResumeAsync(service.Project, id, backfill: true),
            "cancel" => client.OnDemandRuns.StopAsync(service.Project, run),
            "create export" => client.Exports.CreateAsync(service.Project, NewExport),
            "start run" => client.OnDemandRuns.StartAsync(service.Project, NewRun(service.Clock.GetUtcNow())),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
        };
    }

    public static (int Exports, int Runs) Count(EmulatorState state) => (state.Exports.Count, state.OnDemandRuns.Count);
}
