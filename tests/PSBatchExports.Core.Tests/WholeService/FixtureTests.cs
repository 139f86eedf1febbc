using System.Text.Json.Nodes;
using PSBatchExports.Wire;
using Xunit;

namespace PSBatchExports.Core.Tests.WholeService;

/// <summary>
/// The recorded bodies of runs, backfills, destination checks and counts: read without loss, and errors made the right exceptions.
/// </summary>
public sealed class FixtureTests
{
    private const string Export = "0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30";

    private static readonly Dictionary<string, Func<string, object>> ReadsByFixture = new(StringComparer.Ordinal)
    {
        ["run-retrieve.200"] = json => WireRead.As(json, BatchExportRun.Read),
        ["runs-list.200"] = json => WireRead.As(json, Page<BatchExportRun>.Reader(BatchExportRun.Read)),
        ["run-retry.201"] = json => WireRead.As(json, BackfillCreated.Read),
        ["backfill-retrieve.200"] = json => WireRead.As(json, BatchExportBackfill.Read),
        ["backfills-list.200"] = json => WireRead.As(json, Page<BatchExportBackfill>.Reader(BatchExportBackfill.Read)),
        ["create-backfill.201"] = json => WireRead.As(json, BackfillCreated.Read),
        ["destination-test.200"] = json => WireRead.As(json, DestinationTestSteps.Read),
        ["run-test-step.200"] = json => WireRead.As(json, DestinationTestStep.Read),
        ["count-rows.200"] = json => WireRead.As(json, RowCount.Read),
    };

    private static readonly Dictionary<string, (Type Exception, Func<TestService, Task> Call)> CallsByFixture = new(StringComparer.Ordinal)
    {
        ["runs-list.400"] = (typeof(InvalidRequestException), s => s.Client.In(s.Project).Runs.ListAsync(Export).ToListAsync()),
        ["cursor-page.404"] = (typeof(NotFoundException), s => s.Client.In(s.Project).Runs.ListAsync(Export).ToListAsync()),
        ["run-cancel.400"] = (typeof(InvalidRequestException), s => s.Client.In(s.Project).Runs.StopAsync(Export, Export)),
        ["backfill-cancel.400"] = (typeof(InvalidRequestException), s => s.Client.In(s.Project).Backfills.StopAsync(Export, Export)),
        ["create-backfill.400.future"] = (typeof(BackfillBoundException), StartBackfillAsync),
        ["create-backfill.400"] = (typeof(InvalidRequestException), StartBackfillAsync),
        ["create-backfill.404"] = (typeof(NotFoundException), StartBackfillAsync),
        ["create-backfill.429"] = (typeof(ConcurrencyLimitException), StartBackfillAsync),
        ["destination-test.400"] = (typeof(NoDestinationTestsException), ListStepsAsync),
        ["destination-test.404"] = (typeof(NoDestinationTestsException), ListStepsAsync),
        ["count-rows.400"] = (typeof(InvalidRequestException), CountRowsAsync),
        ["count-rows.403"] = (typeof(PermissionDeniedException), CountRowsAsync),
        ["run-logs.500"] = (typeof(ServerFailedException), s => s.Client.In(s.Project).Runs.GetAsync(Export, Export)),
    };

    public static TheoryData<string> Readable => [.. Fixture.Names.Where(name => KindOf(name, ReadsByFixture.Keys) is not null)];

    public static TheoryData<string> Errors => [.. Fixture.Names.Where(name => KindOf(name, CallsByFixture.Keys) is not null)];

    [Theory]
    [MemberData(nameof(Readable))]
    public void A_recorded_response_is_read_without_loss(string fixture)
    {
        var recorded = Fixture.Object(fixture);
        var read = ReadsByFixture[KindOf(fixture, ReadsByFixture.Keys)!];
        WireRead.AssertHolds(recorded, read(recorded.ToJsonString()), fixture);
    }

    [Theory]
    [InlineData("run-retrieve.200.completed")]
    [InlineData("backfill-retrieve.200.running")]
    public void Unknown_fields_are_kept_for_scripts(string fixture)
    {
        var recorded = Fixture.Object(fixture);
        recorded["later"] = JsonNode.Parse("""{"a":[1,null,"x"]}""");
        var text = recorded.ToJsonString();
        var later = fixture.StartsWith("run-", StringComparison.Ordinal)
            ? WireRead.As(text, BatchExportRun.Read).AdditionalProperties["LATER"]
            : WireRead.As(text, BatchExportBackfill.Read).AdditionalProperties["LATER"];
        var list = Assert.IsType<object?[]>(Assert.IsType<IDictionary<string, object?>>(later, exactMatch: false)["A"]);
        Assert.Equal([1L, null, "x"], list);
    }

    [Theory]
    [InlineData("run-retrieve.200.completed")]
    [InlineData("backfill-retrieve.200.completed")]
    public void Fields_that_an_older_server_lacks_are_null(string fixture)
    {
        const string body = """{"id":"x","status":"Completed"}""";
        if (fixture.StartsWith("run-", StringComparison.Ordinal))
            Assert.Null(WireRead.As(body, BatchExportRun.Read).RecordsTotalCount);
        else
            Assert.Null(WireRead.As(body, BatchExportBackfill.Read).Progress);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task A_recorded_error_becomes_the_right_exception(string fixture)
    {
        var (type, call) = CallsByFixture[KindOf(fixture, CallsByFixture.Keys)!];
        await using var service = await TestService.StartAsync();
        service.Break(Fixture.AsAnswer(fixture) with { Skip = fixture.StartsWith("create-backfill", StringComparison.Ordinal) ? 1 : 0 });

        var failure = await Assert.ThrowsAsync(type, () => call(service));
        if (failure is not BatchExportException told)
            return;

        var said = JsonNode.Parse(Fixture.AsAnswer(fixture).Body!)!;
        Assert.Equal(said["detail"]!.GetValue<string>(), told.Detail);
        Assert.Equal(said["attr"]?.GetValue<string>(), told.Attribute);
        Assert.Equal(said["code"]!.GetValue<string>(), told.Request.Code);
    }

    private static string? KindOf(string fixture, IEnumerable<string> kinds)
    {
        return kinds.Order(StringComparer.Ordinal).LastOrDefault(IsKind);

        bool IsKind(string kind) => fixture == kind || fixture.StartsWith(kind + ".", StringComparison.Ordinal);
    }

    private static Task<string> StartBackfillAsync(TestService service)
    {
        var now = service.Clock.GetUtcNow();
        var export = service.AddExport().Id.ToString();
        return service.Client.In(service.Project).Backfills.StartAsync(export, now.AddDays(-2), now.AddDays(-1));
    }

    private static Task<List<DestinationTestResult>> ListStepsAsync(TestService service)
    {
        var destination = BatchExportDestination.Create("AwsS3", config: null);
        var fields = new BatchExportFields { Name = "new", Interval = "hour", Destination = destination };
        return service.Client.In(service.Project).DestinationTests.TestAsync(fields).ToListAsync();
    }

    private static Task<long> CountRowsAsync(TestService service) =>
        service.Client.In(service.Project).OnDemandRuns.CountRowsAsync(EndpointContext.Query);
}
