using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class RetryTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    public async Task A_request_is_sent_again_exactly_as_often_as_allowed(int retries)
    {
        await using var service = await TestService.StartAsync();
        var client = service.Connect(options => options with { MaximumRetryCount = retries });
        service.Break(new Fault { Status = 500, Times = int.MaxValue });

        var failure = await Calls.Prepare("get export", service)(client).Failure();

        Assert.IsType<ServerFailedException>(failure);
        Assert.Equal(1 + retries, service.Requests.Count);
    }

    [Fact]
    public async Task Waits_grow_and_stay_below_the_longest_one_allowed()
    {
        await using var service = await TestService.StartAsync();
        var longest = TimeSpan.FromSeconds(5);
        var client = service.Connect(options => options with { MaximumRetryCount = 12, MaximumRetryDelay = longest });
        service.Break(new Fault { Status = 500, Times = int.MaxValue });

        await Calls.Prepare("get export", service)(client).Failure();

        var waits = service.Observer.Waits.Select(wait => wait.Delay).ToArray();
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.Zero, longest));
        Assert.True(waits[^4..].Sum(wait => wait.TotalSeconds) > waits[..4].Sum(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task Each_attempt_has_the_full_timeout()
    {
        await using var service = await TestService.StartAsync();
        var timeout = TimeSpan.FromSeconds(30);
        var client = service.Connect(options => options with { MaximumRetryCount = 2, Timeout = timeout });
        service.Break(new Fault { StallHeaders = true, Times = int.MaxValue });

        var failure = Calls.Prepare("get export", service)(client).Failure();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await BoundedWait.Until(() => service.Requests.Count >= attempt);
            service.Clock.Advance(timeout - TimeSpan.FromSeconds(1));
            Assert.Equal(attempt - 1, service.Observer.Waits.Count);
            service.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Contains("within 30 seconds", Assert.IsType<RequestTimedOutException>(await failure).Message, StringComparison.Ordinal);
        Assert.Equal(3, service.Requests.Count);
    }

    [Theory]
    [InlineData("get export", 3, false)]
    [InlineData("create export", 1, true)]
    public async Task A_body_that_stalls_times_out(string call, int requests, bool mayHaveTakenEffect)
    {
        await using var service = await TestService.StartAsync();
        var client = service.Connect(options => options with { MaximumRetryCount = 2, Timeout = TimeSpan.FromSeconds(30) });
        service.Break(new Fault { Stall = true, Times = int.MaxValue });

        var work = Calls.Prepare(call, service)(client).Failure();
        var failure = await service.Clock.AdvanceUntilAsync(work, TimeSpan.FromSeconds(1)).WithTimeout();

        Assert.Equal(mayHaveTakenEffect, Assert.IsType<RequestTimedOutException>(failure).MayHaveTakenEffect);
        Assert.Equal(requests, service.Requests.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3 * 24 * 60)]
    public async Task Any_maximum_wait_can_be_set(int minutes)
    {
        await using var service = await TestService.StartAsync();
        var client = service.Connect(options => options with { MaximumRetryCount = 1, MaximumRetryDelay = TimeSpan.FromMinutes(minutes) });
        service.Break(new Fault { Status = 500 });

        Assert.Null(await Calls.Prepare("get export", service)(client).Failure());
    }

    [Fact]
    public async Task A_wait_that_is_too_long_fails_at_once_with_its_end()
    {
        await using var service = await TestService.StartAsync();
        service.Break(FailureCases.Limited("3600"));

        var failure = Assert.IsType<ThrottledException>(await Calls.Prepare("get export", service)(Connect(service)).Failure());

        Assert.Equal(TimeSpan.FromHours(1), failure.RetryAfter);
        Assert.Equal(service.Clock.GetUtcNow().AddHours(1), failure.RetryAt);
        Assert.Empty(service.Observer.Waits);
    }

    [Fact]
    public async Task A_wait_is_announced_with_its_end_and_lasts_that_long()
    {
        await using var service = await TestService.StartAsync();
        var begin = service.Clock.GetUtcNow();
        service.Break(FailureCases.Limited("37"));

        await Calls.Prepare("get export", service)(Connect(service)).WithTimeout();

        Assert.Equal([begin, begin.AddSeconds(37)], service.Requests.Select(request => request.At));
        Assert.Equal((TimeSpan.FromSeconds(37), begin.AddSeconds(37)), Assert.Single(service.Observer.Waits));
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_at_once()
    {
        await using var service = await TestService.StartAsync();
        service.Observer.SkipsWaits = false;
        service.Break(FailureCases.Limited("60"));
        var id = service.AddExport().Id.ToString();
        using var stop = new CancellationTokenSource();

        var call = Connect(service).In(service.Project).Exports.GetAsync(id, stop.Token);
        await BoundedWait.Until(() => !service.Observer.Waits.IsEmpty);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WithTimeout());
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task An_export_is_created_once_by_a_service_that_starts_late()
    {
        var port = TestService.ClosedPort();
        var clock = new TestClock();
        var observer = new RecordingObserver(clock) { SkipsWaits = false };
        var options = TestService.OptionsFor(port, EmulatorOptions.DefaultApiKey, clock) with { MaximumRetryCount = 1 };
        using var client = new BatchExportClient(options);

        var creation = client.WithObserver(observer).In(ApiScope.Project("12345")).Exports.CreateAsync(Calls.NewExport);
        await BoundedWait.Until(() => !observer.Waits.IsEmpty);
        await using var emulator = await EmulatorHost.StartAsync(new EmulatorOptions { Exports = 0, Port = port.Port });
        var export = await clock.AdvanceUntilAsync(creation, TimeSpan.FromSeconds(1)).WithTimeout();

        Assert.Equal(export.Id, Assert.Single(emulator.State.Exports, stored => stored.ProjectId == 12345).Id.ToString());
    }

    [Theory]
    [MemberData(nameof(EveryCallThatChangesSomething))]
    public async Task A_reused_connection_does_not_resend_a_request_by_itself(string call)
    {
        await using var service = await TestService.StartAsync();
        using var server = new ClosingServer();
        using var client = new BatchExportClient(TestService.OptionsFor(server.Origin, "phx_key", service.Clock));
        await client.In(service.Project).Exports.ListAsync().ToListAsync();

        var failure = await Calls.Prepare(call, service)(client).Failure();

        Assert.IsType<ConnectionFailedException>(failure);
        Assert.Equal(2, server.Requests);
    }

    [Theory]
    [InlineData("delete export", 404)]
    [InlineData("cancel download", 400)]
    [InlineData("cancel run", 400)]
    [InlineData("cancel backfill", 400)]
    public async Task A_refused_retry_counts_as_done_if_the_first_response_was_lost(string call, int secondStatus)
    {
        await using var service = await TestService.StartAsync();
        service.Break(new Fault { ResetAfterProcessing = true });

        await Calls.Prepare(call, service)(Connect(service)).WithTimeout();

        Assert.Equal([0, secondStatus], service.Requests.Select(request => request.StatusCode));
    }

    [Theory]
    [InlineData("delete export", typeof(NotFoundException))]
    [InlineData("cancel download", typeof(InvalidRequestException))]
    public async Task A_refused_first_request_does_not_count_as_done(string call, Type outcome)
    {
        await using var service = await TestService.StartAsync();
        var run = Calls.Prepare(call, service);
        await run(service.Client).WithTimeout();

        Assert.Equal(outcome, (await run(Connect(service)).Failure())?.GetType());
    }

    [Theory]
    [InlineData("delete export", typeof(NotFoundException))]
    [InlineData("cancel download", typeof(InvalidRequestException))]
    public async Task A_refused_retry_does_not_count_as_done_if_nothing_was_processed_before(string call, Type outcome)
    {
        await using var service = await TestService.StartAsync();
        var run = Calls.Prepare(call, service);
        await run(service.Client).WithTimeout();
        service.Break(FailureCases.Limited("5"));
        service.Break(FailureCases.Status(503));

        Assert.Equal(outcome, (await run(Connect(service)).Failure())?.GetType());
    }

    [Theory]
    [InlineData("delete export")]
    [InlineData("cancel download")]
    public async Task A_404_of_a_load_balancer_does_not_count_as_done(string call)
    {
        await using var service = await TestService.StartAsync();
        var run = Calls.Prepare(call, service);
        service.Break(new Fault { Reset = true });
        service.Break(new Fault { Status = 404, Body = "no healthy upstream", ContentType = "text/plain", Times = FailureCases.Retries });

        Assert.IsType<UnexpectedResponseException>(await run(Connect(service)).Failure());
    }

    [Fact]
    public async Task A_deletion_after_a_404_of_a_load_balancer_is_retried()
    {
        await using var service = await TestService.StartAsync();
        var run = Calls.Prepare("delete export", service);
        await run(service.Client).WithTimeout();
        service.Break(new Fault { Status = 404, Body = "no healthy upstream", ContentType = "text/plain" });

        Assert.IsType<NotFoundException>(await run(Connect(service)).Failure());
    }

    [Fact]
    public async Task A_retried_cancellation_of_a_completed_run_is_refused()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun("Completed");
        service.Break(new Fault { Reset = true });

        var failure = await Connect(service).In(service.Project).OnDemandRuns.StopAsync(run.Id.ToString()).Failure();

        Assert.Equal("Cannot cancel a run that is in 'Completed' status", Assert.IsType<InvalidRequestException>(failure).Detail);
    }

    [Fact]
    public async Task A_closed_client_ends_requests_in_flight_and_refuses_new_ones()
    {
        await using var service = await TestService.StartAsync();
        var run = Calls.Prepare("get export", service);
        service.Break(new Fault { StallHeaders = true });

        var call = run(service.Client);
        await BoundedWait.Until(() => service.Requests.Count >= 1);
        service.Client.Dispose();

        await Assert.ThrowsAsync<ClientClosedException>(() => call.WithTimeout());
        await Assert.ThrowsAsync<ClientClosedException>(() => run(service.Client).WithTimeout());
    }

    public static TheoryData<string> EveryCallThatChangesSomething() =>
        new(Calls.All.Where(call => call.Changes && !call.ReadsFirst).Select(call => call.Name));

    private static BatchExportClient Connect(TestService service) =>
        service.Connect(options => options with { MaximumRetryCount = FailureCases.Retries, MaximumRetryDelay = MaxWait });
}
