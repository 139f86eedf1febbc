using System.Net;
using System.Net.Sockets;
using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class RetryTests
{
    private const int Retries = 2;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private static readonly Type Broken = typeof(ConnectionFailedException);
    private static readonly Type Late = typeof(RequestTimedOutException);
    private static readonly Type Failed = typeof(ServerFailedException);
    private static readonly Type Throttled = typeof(ThrottledException);
    private static readonly Type Crowded = typeof(ConcurrencyLimitException);
    private static readonly Type Odd = typeof(UnexpectedResponseException);

#pragma warning disable IDE0055 // A table reads by its columns.
    // What goes wrong | what the caller gets | requests of a call that may be repeated, and of one that may not | whether that one may have taken effect | the wait in seconds, where the server names it
    private static readonly Dictionary<string, Trouble> Troubles = new()
    {
        ["reset before processing"] = new(new Fault { Reset = true },                                     Broken,    Many, Once, Maybe),
        ["reset after processing"]  = new(new Fault { ResetAfterProcessing = true },                      Broken,    Many, Once, Maybe),
        ["no answer"]               = new(new Fault { StallHeaders = true },                              Late,      Many, Once, Maybe),
        ["408"]                     = new(Status(408),                                                    Failed,    Many, Once, Maybe),
        ["429 in 37 s"]             = new(Limited("37"),                                                  Throttled, Many, Many, No, 37),
        ["429 until a date"]        = new(Limited("Thu, 08 Oct 2026 12:00:45 GMT"),                       Throttled, Many, Many, No, 45),
        ["429 without a time"]      = new(Limited(null),                                                  Throttled, Many, Many, No),
        ["429 in an hour"]          = new(Limited("3600"),                                                Throttled, Once, Once, No),
        ["429 too many runs"]       = new(Fixture.AsAnswer("create-file-download.429.too-many.http"),     Crowded,   Once, Once, No),
        ["500"]                     = new(Fixture.AsAnswer("server-error.500"),                           Failed,    Many, Once, Maybe),
        ["502 with HTML"]           = new(Fixture.AsAnswer("bad-gateway.502.http"),                       Failed,    Many, Once, Maybe),
        ["503 in 1 s"]              = new(Fixture.AsAnswer("database-unavailable.503.http"),              Failed,    Many, Many, No, 1),
        ["503 in an hour"]          = new(Status(503, "3600"),                                            Failed,    Once, Once, No),
        ["504"]                     = new(Status(504),                                                    Failed,    Many, Once, Maybe),
        ["bad JSON"]                = new(Success("{\"id\": "),                                           Odd,       Many, Once, Maybe),
        ["truncated JSON"]          = new(Success("{\"id\": \"0199\"}") with { TruncateAfter = 5 },       Broken,    Many, Once, Maybe),
        ["a page of HTML"]          = new(Success("<html>Sign in</html>") with { ContentType = "text/html" }, Odd,   Many, Once, Maybe),
        ["200 with an error body"]  = new(Success(Fixture.Text("server-error.500")),                      Odd,       Many, Once, Maybe),
    };
#pragma warning restore IDE0055

    private const int Many = 1 + Retries;
    private const int Once = 1;
    private const bool Maybe = true;
    private const bool No = false;

    public static TheoryData<string, string> EveryCallInEveryTrouble()
    {
        var data = new TheoryData<string, string>();
        foreach (var call in Calls.All)
        {
            foreach (var trouble in Troubles.Keys)
                data.Add(call, trouble);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryCallInEveryTrouble))]
    public async Task Trouble_that_lasts_is_told_after_as_many_requests_as_are_safe(string call, string troubleName)
    {
        var trouble = Troubles[troubleName];
        await using var service = await TestService.StartAsync();
        var run = Calls.Prepare(call, service);
        var before = Calls.Count(service.Emulator.State);
        service.Break(trouble.Fault with { Times = int.MaxValue });

        var failure = await RunAsync(service, run, trouble);

        var isRepeatable = Calls.Repeatable.Contains(call);
        var requests = isRepeatable ? trouble.IfRepeatable : trouble.IfNot;
        Assert.Equal(trouble.Outcome, failure?.GetType());
        Assert.Equal(requests, service.Requests.Count);
        Assert.Equal(requests - 1, service.Observer.Waits.Count);
        Assert.Equal(!isRepeatable && trouble.MayHaveTakenEffect, failure!.MayHaveTakenEffect);
        Assert.All(service.Observer.Waits, wait => Assert.InRange(wait.Delay, TimeSpan.Zero, LongestWait));
        AssertNothingWasMadeTwice(service, before, call);
    }

    [Theory]
    [MemberData(nameof(EveryCallInEveryTrouble))]
    public async Task Trouble_that_passes_is_outlived_where_that_is_safe(string call, string troubleName)
    {
        var trouble = Troubles[troubleName];
        await using var service = await TestService.StartAsync();
        var run = Calls.Prepare(call, service);
        var before = Calls.Count(service.Emulator.State);
        service.Break(trouble.Fault);

        var failure = await RunAsync(service, run, trouble);

        var isRepeated = (Calls.Repeatable.Contains(call) ? trouble.IfRepeatable : trouble.IfNot) > 1;
        Assert.Equal(isRepeated ? null : trouble.Outcome, failure?.GetType());
        Assert.Equal(isRepeated ? 2 : 1, service.Requests.Count);
        AssertNothingWasMadeTwice(service, before, call);
        AssertWaits(service, trouble, isRepeated);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    public async Task A_request_is_sent_again_exactly_as_often_as_allowed(int retries)
    {
        await using var service = await TestService.StartAsync();
        var client = service.Connect(options => options with { MaximumRetryCount = retries });
        service.Break(new Fault { Status = 500, Times = int.MaxValue });

        var failure = await Calls.Prepare("get", service)(client).Failure();

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

        await Calls.Prepare("get", service)(client).Failure();

        var waits = service.Observer.Waits.Select(wait => wait.Delay).ToArray();
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.Zero, longest));
        Assert.True(waits[^4..].Sum(wait => wait.TotalSeconds) > waits[..4].Sum(wait => wait.TotalSeconds));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3 * 24 * 60)]
    public async Task Any_longest_wait_can_be_chosen(int minutes)
    {
        await using var service = await TestService.StartAsync();
        var client = service.Connect(options => options with { MaximumRetryCount = 1, MaximumRetryDelay = TimeSpan.FromMinutes(minutes) });
        service.Break(new Fault { Status = 500 });

        Assert.Null(await Calls.Prepare("get", service)(client).Failure());
    }

    [Fact]
    public async Task A_wait_that_is_too_long_is_refused_at_once_with_its_end()
    {
        await using var service = await TestService.StartAsync();
        service.Break(Limited("3600"));

        var failure = Assert.IsType<ThrottledException>(await Calls.Prepare("get", service)(Connect(service)).Failure());

        Assert.Equal(TimeSpan.FromHours(1), failure.RetryAfter);
        Assert.Equal(service.Clock.GetUtcNow().AddHours(1), failure.RetryAt);
        Assert.Empty(service.Observer.Waits);
    }

    [Fact]
    public async Task A_wait_is_announced_with_its_end_and_lasts_that_long()
    {
        await using var service = await TestService.StartAsync();
        var begin = service.Clock.GetUtcNow();
        service.Break(Limited("37"));

        await Calls.Prepare("get", service)(Connect(service)).Soon();

        Assert.Equal([begin, begin.AddSeconds(37)], service.Requests.Select(request => request.At));
        Assert.Equal((TimeSpan.FromSeconds(37), begin.AddSeconds(37)), Assert.Single(service.Observer.Waits));
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_at_once()
    {
        await using var service = await TestService.StartAsync();
        service.Observer.SkipsWaits = false;
        service.Break(Limited("60"));
        var id = service.AddExport().Id.ToString();
        using var stop = new CancellationTokenSource();

        var call = Connect(service).Exports.GetAsync(service.Project, id, stop.Token);
        await Waiting.Until(() => !service.Observer.Waits.IsEmpty);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        Assert.Single(service.Requests);
    }

    [Theory]
    [MemberData(nameof(EveryCall))]
    public async Task Refused_connections_are_tried_again_by_every_call_because_nothing_was_sent(string call)
    {
        await using var service = await TestService.StartAsync();
        var run = Calls.Prepare(call, service);
        using var client = new BatchExportClient(TestService.OptionsFor(ClosedPort(), "phx_key", service.Clock) with { MaximumRetryCount = Retries });

        var failure = Assert.IsType<ConnectionFailedException>(await run(client.WithObserver(service.Observer)).Failure());

        Assert.True(failure.NeverSent);
        Assert.False(failure.MayHaveTakenEffect);
        Assert.Equal(Retries, service.Observer.Waits.Count);
    }

    [Fact]
    public async Task An_export_is_made_once_by_a_service_that_comes_up_late()
    {
        var port = ClosedPort();
        var clock = new TestClock();
        var observer = new RecordingObserver(clock) { SkipsWaits = false };
        using var client = new BatchExportClient(TestService.OptionsFor(port, EmulatorOptions.DefaultApiKey, clock) with { MaximumRetryCount = 1 });

        var creation = client.WithObserver(observer).Exports.CreateAsync(ApiScope.Project("12345"), Calls.NewExport);
        await Waiting.Until(() => !observer.Waits.IsEmpty);
        await using var emulator = await EmulatorHost.StartAsync(new EmulatorOptions { Exports = 0, Port = port.Port });
        var export = await clock.AdvanceUntilAsync(creation, TimeSpan.FromSeconds(1)).Soon();

        Assert.Equal(export.Id, Assert.Single(emulator.State.Exports, stored => stored.ProjectId == 12345).Id.ToString());
    }

    [Theory]
    [MemberData(nameof(EveryCallThatChangesSomething))]
    public async Task A_connection_that_was_used_before_repeats_nothing_behind_the_callers_back(string call)
    {
        await using var service = await TestService.StartAsync();
        using var server = new ClosingServer();
        using var client = new BatchExportClient(TestService.OptionsFor(server.Origin, "phx_key", service.Clock));
        await client.Exports.ListAsync(service.Project).ToListAsync();

        var failure = await Calls.Prepare(call, service)(client).Failure();

        Assert.IsType<ConnectionFailedException>(failure);
        Assert.Equal(2, server.Requests);
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("cancel")]
    public async Task A_refusal_of_the_repetition_counts_as_done_when_the_first_answer_was_lost(string call)
    {
        await using var service = await TestService.StartAsync();
        service.Break(new Fault { ResetAfterProcessing = true });

        await Calls.Prepare(call, service)(Connect(service)).Soon();

        Assert.Equal([0, call == "delete" ? 404 : 400], service.Requests.Select(request => request.StatusCode));
    }

    [Theory]
    [InlineData("delete", typeof(NotFoundException))]
    [InlineData("cancel", typeof(InvalidRequestException))]
    public async Task A_refusal_of_the_first_request_does_not(string call, Type outcome)
    {
        await using var service = await TestService.StartAsync();
        var run = Calls.Prepare(call, service);
        await run(service.Client).Soon();

        Assert.Equal(outcome, (await run(Connect(service)).Failure())?.GetType());
    }

    [Theory]
    [InlineData("delete", typeof(NotFoundException))]
    [InlineData("cancel", typeof(InvalidRequestException))]
    public async Task Nor_does_a_refusal_after_attempts_that_certainly_did_nothing(string call, Type outcome)
    {
        await using var service = await TestService.StartAsync();
        var run = Calls.Prepare(call, service);
        await run(service.Client).Soon();
        service.Break(Limited("5"));
        service.Break(Status(503));

        Assert.Equal(outcome, (await run(Connect(service)).Failure())?.GetType());
    }

    [Fact]
    public async Task Cancelling_a_run_that_completed_is_refused_even_when_repeated()
    {
        await using var service = await TestService.StartAsync();
        var run = service.AddRun("Completed");
        service.Break(new Fault { Reset = true });

        var failure = await Connect(service).OnDemandRuns.StopAsync(service.Project, run.Id.ToString()).Failure();

        Assert.Equal("Cannot cancel a run that is in 'Completed' status", Assert.IsType<InvalidRequestException>(failure).Detail);
    }

    [Fact]
    public async Task A_closed_client_ends_what_is_under_way_and_refuses_what_comes()
    {
        await using var service = await TestService.StartAsync();
        var run = Calls.Prepare("get", service);
        service.Break(new Fault { StallHeaders = true });

        var call = run(service.Client);
        await Waiting.Until(() => service.Requests.Count == 1);
        service.Client.Dispose();

        await Assert.ThrowsAsync<ClientClosedException>(() => call.Soon());
        await Assert.ThrowsAsync<ClientClosedException>(() => run(service.Client).Soon());
    }

    public static TheoryData<string> EveryCall() => new(Calls.All);

    public static TheoryData<string> EveryCallThatChangesSomething() => new(Calls.All.Except(["get"]));

    private static BatchExportClient Connect(TestService service) =>
        service.Connect(options => options with { MaximumRetryCount = Retries, MaximumRetryDelay = LongestWait, Timeout = Timeout });

    private static async Task<BatchExportException?> RunAsync(TestService service, Func<BatchExportClient, Task> run, Trouble trouble)
    {
        var outcome = run(Connect(service)).Failure();
        var timeouts = 0;
        while (trouble.Fault.StallHeaders && await Task.WhenAny(outcome, Task.Delay(5)) != outcome)
        {
            if (service.Requests.Count(request => request.StatusCode == 0) > timeouts)
            {
                timeouts++;
                service.Clock.Advance(Timeout);
            }
        }

        return await outcome;
    }

    private static void AssertNothingWasMadeTwice(TestService service, (int Exports, int Runs) before, string call)
    {
        var (exports, runs) = Calls.Count(service.Emulator.State);
        Assert.InRange(exports - before.Exports, call == "delete" ? -1 : 0, call == "create export" ? 1 : 0);
        Assert.InRange(runs - before.Runs, 0, call == "start run" ? 1 : 0);
    }

    private static void AssertWaits(TestService service, Trouble trouble, bool isRepeated)
    {
        if (!isRepeated)
            Assert.Empty(service.Observer.Waits);
        else if (trouble.Wait is { } seconds)
            Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.Single(service.Observer.Waits).Delay);
        else
            Assert.InRange(Assert.Single(service.Observer.Waits).Delay, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    private static Uri ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }

    private static Fault Status(int status, string? retryAfter = null) =>
        new() { Status = status, Headers = retryAfter is null ? null : new Dictionary<string, string> { ["Retry-After"] = retryAfter } };

    private static Fault Limited(string? retryAfter) => Status(429, retryAfter) with { Body = Fixture.Text("throttled.429") };

    private static Fault Success(string body) => new() { Status = 200, Body = body };

    private sealed record Trouble(Fault Fault, Type Outcome, int IfRepeatable, int IfNot, bool MayHaveTakenEffect, int? Wait = null);
}
