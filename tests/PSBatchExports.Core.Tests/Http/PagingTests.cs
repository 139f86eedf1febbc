using System.Text.Json.Nodes;
using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class PagingTests
{
    private const string List = "/api/projects/12345/batch_exports/";

    [Fact]
    public async Task A_thousand_exports_come_once_each_and_newest_first()
    {
        await using var service = await ServiceWithExports(1000);
        var expected = service.Emulator.State.Exports
            .Where(export => export.ProjectId == 12345)
            .OrderByDescending(export => export.CreatedAt)
            .Select(export => export.Id.ToString());

        var exports = await service.Client.In(service.Project).Exports.ListAsync().ToListAsync();

        Assert.Equal(expected, exports.Select(export => export.Id));
        Assert.Equal(3, service.Requests.Count);
        Assert.All(exports, export => Assert.Equal(12345, export.ProjectId));
    }

    [Fact]
    public async Task A_part_of_a_list_takes_one_request_and_the_total_comes_first()
    {
        await using var service = await ServiceWithExports(10);
        var told = new List<string>();
        var paging = new Paging { First = 3, Skip = 2, OnTotal = total => Tell(told, $"total {total}") };

        await foreach (var export in service.Client.In(service.Project).Exports.ListAsync(paging))
            told.Add(export.Name!);

        Assert.Equal(["total 10", "export 7", "export 6", "export 5"], told);
        Assert.Equal((List, "limit=3&offset=2"), (Assert.Single(service.Requests).Path, service.Requests[0].Query));
    }

    [Theory]
    [InlineData(0, 250, 250, 2)]
    [InlineData(0, 100, 100, 1)]
    [InlineData(0, 101, 101, 2)]
    [InlineData(240, 100, 10, 1)]
    [InlineData(300, 5, 0, 1)]
    [InlineData(50, 150, 150, 2)]
    public async Task First_and_Skip_count_returned_items(int skip, int first, int handedOut, int requests)
    {
        await using var service = await ServiceWithExports(250);

        var paging = new Paging { Skip = (ulong)skip, First = (ulong)first };
        var exports = await service.Client.In(service.Project).Exports.ListAsync(paging).ToListAsync();

        Assert.Equal(Enumerable.Range(0, handedOut).Select(index => $"export {249 - skip - index}"), exports.Select(export => export.Name));
        Assert.Equal(requests, service.Requests.Count);
    }

    [Fact]
    public async Task With_a_filter_First_and_Skip_count_matching_items_and_the_total_is_unknown()
    {
        await using var service = await ServiceWithExports(250);
        var told = new List<string>();
        var paging = new Paging
        {
            Skip = 1,
            First = 2,
            OnTotal = total => Tell(told, $"total {total?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown"}"),
        };

        var exports = await service.Client.In(service.Project).Exports
            .ListAsync(paging, export => export.Name!.EndsWith("00", StringComparison.Ordinal))
            .ToListAsync();

        Assert.Equal(["export 100"], exports.Select(export => export.Name));
        Assert.Equal(["total unknown"], told);
        Assert.StartsWith("limit=100", service.Requests[0].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task First_0_sends_nothing()
    {
        await using var service = await ServiceWithExports(3);

        Assert.Empty(await service.Client.In(service.Project).Exports.ListAsync(new Paging { First = 0 }).ToListAsync());
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task First_0_with_the_total_is_one_request()
    {
        await using var service = await ServiceWithExports(3);
        var told = new List<string>();

        var paging = new Paging { First = 0, OnTotal = total => Tell(told, $"{total}") };
        Assert.Empty(await service.Client.In(service.Project).Exports.ListAsync(paging).ToListAsync());
        Assert.Equal(["3"], told);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task Taking_one_of_a_thousand_leaves_no_request_behind()
    {
        await using var service = await ServiceWithExports(1000);
        service.Break(new Fault { Skip = 1, StallHeaders = true });

        await foreach (var export in service.Client.In(service.Project).Exports.ListAsync())
        {
            Assert.Equal("export 999", export.Name);
            await BoundedWait.Until(() => service.Requests.Count >= 2);
            break;
        }

        await BoundedWait.Until(() => service.Emulator.OpenApiConnections == 0);
        Assert.Equal(2, service.Requests.Count);
    }

    [Fact]
    public async Task The_next_page_is_fetched_while_this_one_is_consumed()
    {
        await using var service = await ServiceWithExports(250);
        await using var exports = service.Client.In(service.Project).Exports.ListAsync().GetAsyncEnumerator();

        await exports.MoveNextAsync();

        await BoundedWait.Until(() => service.Requests.Count >= 2);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(200)]
    public async Task An_export_created_while_the_list_is_read_repeats_no_other(int first)
    {
        await using var service = await ServiceWithExports(250);
        service.Observer.BeforeRequest = number =>
        {
            if (number == 2)
                service.AddExport();
        };

        var exports = await service.Client.In(service.Project).Exports.ListAsync(new Paging { First = (ulong)first }).ToListAsync();

        Assert.Equal(
            Enumerable.Range(0, Math.Min(first, 250)).Select(index => $"export {249 - index}"),
            exports.Select(export => export.Name));
    }

    [Fact]
    public async Task A_failing_page_ends_the_list_after_the_pages_before_it()
    {
        await using var service = await ServiceWithExports(250);
        service.Break(new Fault { Skip = 1, Status = 500 });
        var seen = 0;

        await Assert.ThrowsAsync<ServerFailedException>(async () =>
        {
            await foreach (var _ in service.Client.In(service.Project).Exports.ListAsync())
                seen++;
        });

        Assert.Equal(100, seen);
    }

    [Fact]
    public async Task A_link_to_another_host_is_refused_and_the_host_gets_nothing()
    {
        await using var service = await ServiceWithExports(1);
        AnswerWithNext(service, $"{Origin(service.Emulator.StorageOrigin)}{List}?limit=100&offset=100");

        var failure = await service.Client.In(service.Project).Exports.ListAsync().ToListAsync().Failure();

        var unexpected = Assert.IsType<UnexpectedResponseException>(failure);
        Assert.Contains(service.Emulator.StorageOrigin.Authority, unexpected.Message, StringComparison.Ordinal);
        Assert.Single(service.Requests);
        Assert.Empty(service.StorageRequests);
    }

    [Theory]
    [InlineData("https://{0}/api/projects/12345/batch_exports/?offset=100")]
    [InlineData("http://user:password@{0}/api/projects/12345/batch_exports/?offset=100")]
    [InlineData("http://{0}@elsewhere.example/api/projects/12345/batch_exports/?offset=100")]
    [InlineData("//elsewhere.example/api/projects/12345/batch_exports/?offset=100")]
    [InlineData("http://{0}/not-the-api/?offset=100")]
    [InlineData("http://{0}/api/../not-the-api/?offset=100")]
    [InlineData("file:///api/projects/12345/batch_exports/")]
    [InlineData("http://[")]
    public async Task A_link_to_another_scheme_or_outside_the_API_is_refused(string link)
    {
        await using var service = await ServiceWithExports(1);
        var origin = service.Emulator.ApiOrigin.Authority;
        AnswerWithNext(service, string.Format(System.Globalization.CultureInfo.InvariantCulture, link, origin));

        Assert.IsType<UnexpectedResponseException>(await service.Client.In(service.Project).Exports.ListAsync().ToListAsync().Failure());
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task Rebased_links_are_followed_at_the_configured_host()
    {
        await using var service = await ServiceWithExports(150);
        var client = service.Connect(options => options with { RebasePageLinks = true });
        AnswerWithNext(service, $"https://internal.example{List}?limit=100&offset=100");

        var exports = await client.In(service.Project).Exports.ListAsync().ToListAsync();

        Assert.Equal(51, exports.Count);
        Assert.Equal("limit=500&offset=100", service.Requests[1].Query);
    }

    [Theory]
    [InlineData(ulong.MaxValue, "limit=100, limit=500&offset=100, limit=500&offset=600, limit=500&offset=1100")]
    [InlineData(1150, "limit=100, limit=500&offset=100, limit=500&offset=600, limit=50&offset=1100")]
    [InlineData(101, "limit=100, limit=1&offset=100")]
    public async Task A_long_list_is_read_in_longer_pages_and_no_further_than_wanted(ulong first, string requests)
    {
        await using var service = await ServiceWithExports(1200);

        var exports = await service.Client.In(service.Project).Exports.ListAsync(new Paging { First = first }).ToListAsync();

        Assert.Equal((int)Math.Min(first, 1200), exports.Select(export => export.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(
            requests.Split(", ").Order(StringComparer.Ordinal),
            service.Requests.Select(request => request.Query).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Several_pages_of_a_long_list_are_requested_at_once()
    {
        await using var service = await ServiceWithExports(2200);
        service.Break(new Fault { Skip = 2, StallHeaders = true });
        using var stop = new CancellationTokenSource();

        var listing = service.Client.In(service.Project).Exports.ListAsync(cancellationToken: stop.Token).ToListAsync();

        await BoundedWait.Until(() => service.Requests.Count >= 5);
        Assert.Equal(
            ["limit=500&offset=1100", "limit=500&offset=1600", "limit=500&offset=600"],
            service.Requests.Skip(2).Select(request => request.Query).Order(StringComparer.Ordinal));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }

    [Fact]
    public async Task A_link_other_than_the_predicted_one_is_followed_unchanged()
    {
        await using var service = await ServiceWithExports(2200);
        var link = $"{Origin(service.Emulator.ApiOrigin)}{List}?offset=1100&limit=500&extra=1";
        var item = new JsonObject { ["id"] = "0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30", ["name"] = "of another page" };
        var page = new JsonObject { ["count"] = 2200, ["next"] = link, ["results"] = new JsonArray(item) };
        service.Break(new Fault { PathPattern = "/batch_exports/$", Skip = 2, Status = 200, Body = page.ToJsonString() });

        var exports = await service.Client.In(service.Project).Exports.ListAsync().ToListAsync();

        Assert.Contains(service.Requests, request => request.Query == "offset=1100&limit=500&extra=1");
        Assert.Equal(exports.Count, exports.Select(export => export.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.Contains(exports, export => export.Name == "export 0");
    }

    [Theory]
    [InlineData("?limit=100")]
    [InlineData("?limit=100&offset=0")]
    public async Task A_list_that_leads_back_to_itself_ends(string query)
    {
        await using var service = await ServiceWithExports(1);
        var link = $"{Origin(service.Emulator.ApiOrigin)}{List}{query}";
        AnswerWithNext(service, link, times: 5);

        var failure = await service.Client.In(service.Project).Exports.ListAsync().ToListAsync().Failure();

        Assert.Contains("does not end", Assert.IsType<UnexpectedResponseException>(failure).Message, StringComparison.Ordinal);
        Assert.InRange(service.Requests.Count, 1, 2);
    }

    [Fact]
    public async Task A_link_from_environments_to_projects_is_followed()
    {
        await using var service = await ServiceWithExports(150);

        var exports = await service.Client.In(ApiScope.Project("12345", ApiPath.Environments)).Exports.ListAsync().ToListAsync();

        Assert.Equal(150, exports.Count);
        Assert.Equal(["/api/environments/12345/batch_exports/", List], service.Requests.Select(request => request.Path));
    }

    [Fact]
    public async Task On_demand_runs_are_listed_with_pagination()
    {
        await using var service = await TestService.StartAsync();
        var ids = Enumerable.Range(0, 230).Select(_ => service.AddRun().Id.ToString()).ToArray();

        var runs = await service.Client.In(service.Project).OnDemandRuns.ListAsync().ToListAsync();

        Assert.Equal(ids.Order(StringComparer.Ordinal), runs.Select(run => run.RunId).Order(StringComparer.Ordinal));
        Assert.Equal(2, service.Requests.Count);
    }

    private static async Task<TestService> ServiceWithExports(int count)
    {
        var service = await TestService.StartAsync();
        for (var made = 0; made < count; made++)
            service.AddExport();

        return service;
    }

    private static void AnswerWithNext(TestService service, string next, int times = 1)
    {
        var page = Fixture.Object("list-batch-exports.200.paged");
        page["next"] = next;
        service.Break(new Fault { Status = 200, Body = page.ToJsonString(), Times = times });
    }

    private static string Origin(Uri host) => host.GetLeftPart(UriPartial.Authority);

    private static ValueTask Tell(List<string> told, string what)
    {
        told.Add(what);
        return ValueTask.CompletedTask;
    }
}
