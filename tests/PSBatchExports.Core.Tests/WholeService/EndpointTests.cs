using Xunit;

namespace PSBatchExports.Core.Tests.WholeService;

/// <summary>Every documented endpoint has a client method, or a reason why it has none.</summary>
public sealed class EndpointTests
{
    private const string BucketDestination =
        """{"type":"AwsS3","config":{"bucket_name":"b","region":"r","prefix":"p"},"integration":731}""";

    private static readonly Dictionary<string, string> LeftOut = new(StringComparer.Ordinal)
    {
        ["GET batch_exports/{batch_export_id}/runs/{id}/logs/"] =
            "The server answers 500 by design: it looks for a parameter that the route does not have. The export's log is read instead.",
    };

    private static readonly Dictionary<string, EndpointCall> Calls = new(StringComparer.Ordinal)
    {
        ["GET batch_exports/"] = new(v => v.Client.In(v.Scope).Exports.ListAsync().ToListAsync()) { Query = "limit=100" },
        ["POST batch_exports/"] = new(v => v.Client.In(v.Scope).Exports.CreateAsync(v.NewExport)) { Body = EndpointContext.NewExportBody },
        ["GET batch_exports/{id}/"] = new(v => v.Client.In(v.Scope).Exports.GetAsync(v.Export)),
        ["PUT batch_exports/{id}/"] = new(v => v.Client.In(v.Scope).Exports.ReplaceAsync(v.Export, v.NewBucketExport))
        {
            Body = $$"""{"name":"new","destination":{{BucketDestination}},"interval":"hour"}""",
        },
        ["PATCH batch_exports/{id}/"] = new(v =>
            v.Client.In(v.Scope).Exports.UpdateAsync(v.Export, new BatchExportFields { Name = "renamed" }))
        {
            Body = """{"name":"renamed"}""",
        },
        ["DELETE batch_exports/{id}/"] = new(v => v.Client.In(v.Scope).Exports.DeleteAsync(v.Export)),
        ["POST batch_exports/{id}/pause/"] = new(v => v.Client.In(v.Scope).Exports.PauseAsync(v.Export)),
        ["POST batch_exports/{id}/unpause/"] = new(v => v.Client.In(v.Scope).Exports.ResumeAsync(v.Export, backfill: true))
        {
            Body = """{"backfill":true}""",
        },
        ["GET batch_exports/{id}/logs/"] = new(v =>
            v.Client.In(v.Scope).Logs.ReadAsync(LogSource.Export(v.Export), EndpointContext.LogQuery).ToListAsync())
        {
            Query = EndpointContext.LogQueryText,
        },
        ["GET batch_exports/test/"] = new(v => v.Client.In(v.Scope).DestinationTests.TestAsync(v.NewBucketExport).ToListAsync())
        {
            Query = "destination=AwsS3",
        },
        ["POST batch_exports/run_test_step_new/"] = new(v =>
            v.Client.In(v.Scope).DestinationTests.TestAsync(v.NewBucketExport, [1]).ToListAsync())
        {
            Body = $$"""{"name":"new","destination":{{BucketDestination}},"interval":"hour","step":1}""",
        },
        ["POST batch_exports/{id}/run_test_step/"] = new(v => v.Client.In(v.Scope).DestinationTests.TestAsync(v.Export, [1]).ToListAsync())
        {
            Body =
                """{"name":"export 0","model":"events","destination":{"type":"AwsS3","config":{},"integration":731}""" +
                ""","interval":"hour","incremental_mode":"APPEND","step":1}""",
        },
        ["GET batch_exports/{batch_export_id}/runs/"] = new(v => v.Client.In(v.Scope).Runs.ListAsync(v.Export, v.RunQuery).ToListAsync())
        {
            Query = "after=2026-10-01T00:00:00Z&before=2026-10-08T12:00:00Z&status=Running&status=Failed",
        },
        ["GET batch_exports/{batch_export_id}/runs/{id}/"] = new(v => v.Client.In(v.Scope).Runs.GetAsync(v.Export, v.Run))
        {
            Query = EndpointContext.WholeHistory,
        },
        ["POST batch_exports/{batch_export_id}/runs/{id}/cancel/"] = new(v => v.Client.In(v.Scope).Runs.StopAsync(v.Export, v.Run))
        {
            Query = EndpointContext.WholeHistory,
        },
        ["POST batch_exports/{batch_export_id}/runs/{id}/retry/"] = new(v => v.Client.In(v.Scope).Runs.RestartAsync(v.Export, v.Run))
        {
            Query = EndpointContext.WholeHistory,
        },
        ["GET batch_exports/{batch_export_id}/backfills/"] = new(v =>
            v.Client.In(v.Scope).Backfills.ListAsync(v.Export, "-start_at").ToListAsync())
        {
            Query = "ordering=-start_at",
        },
        ["POST batch_exports/{batch_export_id}/backfills/"] = new(v => v.Client.In(v.Scope).Backfills.StartAsync(v.Export, v.Start, v.End))
        {
            Body = """{"start_at":"2026-10-01T00:00:00Z","end_at":"2026-10-02T00:00:00Z"}""",
        },
        ["GET batch_exports/{batch_export_id}/backfills/{id}/"] = new(v => v.Client.In(v.Scope).Backfills.GetAsync(v.Export, v.Backfill)),
        ["POST batch_exports/{batch_export_id}/backfills/{id}/cancel/"] =
            new(v => v.Client.In(v.Scope).Backfills.StopAsync(v.Export, v.Backfill)),
        ["GET file_download_batch_exports/"] = new(v => v.Client.In(v.Scope).OnDemandRuns.ListAsync().ToListAsync())
        {
            Query = "limit=100",
        },
        ["POST file_download_batch_exports/"] = new(v => v.Client.In(v.Scope).OnDemandRuns.StartAsync(v.NewRun))
        {
            Body = EndpointContext.NewRunBody,
        },
        ["GET file_download_batch_exports/{id}/"] = new(v => v.Client.In(v.Scope).OnDemandRuns.GetAsync(v.ActiveRun)),
        ["GET file_download_batch_exports/{id}/download/"] = new(v => v.DescribeAsync(byName: false)),
        ["GET file_download_batch_exports/{id}/download/{part}/"] = new(v => v.DescribeAsync(byName: true)),
        ["POST file_download_batch_exports/{id}/cancel/"] = new(v => v.Client.In(v.Scope).OnDemandRuns.StopAsync(v.ActiveRun)),
        ["GET file_download_batch_exports/{id}/logs/"] = new(v =>
            v.Client.In(v.Scope).Logs.ReadAsync(LogSource.OnDemandRun(v.ActiveRun), EndpointContext.LogQuery).ToListAsync())
        {
            Query = EndpointContext.LogQueryText,
        },
        ["POST file_download_batch_exports/count_rows/"] = new(v => v.Client.In(v.Scope).OnDemandRuns.CountRowsAsync(EndpointContext.Query))
        {
            Body =
                $$"""{"model":"hogql",{{EndpointContext.IntervalFields}},"hogql_query":"SELECT event FROM events",""" +
                """
                "hogql_modifiers":{"optimizeProjections":true}}
                """,
        },
    };

    public static TheoryData<string, string, int> Rows
    {
        get
        {
            var rows = new TheoryData<string, string, int>();
            foreach (var row in Endpoint.All.Where(row => !LeftOut.ContainsKey(row.Key)))
                rows.Add(row.Method, row.Path, row.Status);

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_client_method_reaches_each_documented_endpoint(string method, string path, int status)
    {
        var endpoint = new Endpoint(method, path, status);
        Assert.True(
            Calls.TryGetValue(endpoint.Key, out var call),
            $"No method of the client reaches {endpoint.Key}, and no reason is given.");

        await using var context = await EndpointContext.StartAsync(endpoint);
        await call.Call(context);
        var sent = Assert.Single(context.Requests, request => request.Method == method && endpoint.Matches(request.Path));
        Assert.Equal(status, sent.StatusCode);
        Assert.Equal(call.Query, Uri.UnescapeDataString(sent.Query));
        Assert.Equal(call.Body, sent.Body);
    }

    [Fact]
    public void The_tables_name_each_documented_endpoint_once()
    {
        Assert.Empty(LeftOut.Keys.Intersect(Calls.Keys));
        Assert.Equal(
            Endpoint.All.Select(row => row.Key).Distinct().Order(StringComparer.Ordinal),
            LeftOut.Keys.Concat(Calls.Keys).Order(StringComparer.Ordinal));
    }

    private sealed record EndpointCall(Func<EndpointContext, Task> Call)
    {
        public string Query { get; init; } = "";

        public string Body { get; init; } = "";
    }
}
