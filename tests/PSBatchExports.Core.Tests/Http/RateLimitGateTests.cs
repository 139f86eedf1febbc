using PSBatchExports.Http;
using PSBatchExports.Secrets;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>What one request learnt from a 429 holds for all requests of its connection (docs/wire.md, section 4).</summary>
public class RateLimitGateTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Other_requests_wait_as_long_as_the_throttled_one_and_announce_it_once_each()
    {
        await using var service = await ThrottledAsync("37");
        var begin = service.Clock.GetUtcNow();
        var (first, observer) = await StartAsync(service);

        var others = Enumerable.Range(0, 5).Select(_ => (Observer: Patient(service), CallTargets: CallTargets.Create(service))).ToArray();
        var calls = others
            .Select(other => (Client: service.Client.WithObserver(other.Observer), other.CallTargets))
            .Select(other => other.Client.In(service.Project).Exports.GetAsync(other.CallTargets.Export))
            .ToArray();

        Assert.All(others, other => Assert.Equal((TimeSpan.FromSeconds(37), begin.AddSeconds(37)), Assert.Single(other.Observer.Waits)));
        Assert.Single(service.Requests);

        service.Clock.Advance(TimeSpan.FromSeconds(36));
        Assert.DoesNotContain(calls, call => call.IsCompleted);
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(calls.Append(first)).WithTimeout();

        Assert.Equal(1 + calls.Length + 1, service.Requests.Count);
        Assert.Single(observer.Waits);
        Assert.All(service.Requests.Skip(1), request => Assert.Equal(begin.AddSeconds(37), request.At));
    }

    [Fact]
    public async Task A_wait_longer_than_any_timer_is_refused_with_its_end()
    {
        await using var service = await ThrottledAsync("5184000");
        var client = service.Connect(options => options with { MaximumRetryCount = 3, MaximumRetryDelay = TimeSpan.FromDays(90) });
        var targets = CallTargets.Create(service);

        var first = Assert.IsType<ThrottledException>(await client.In(service.Project).Exports.GetAsync(targets.Export).Failure());
        var next = Assert.IsType<ThrottledException>(await client.In(service.Project).Exports.GetAsync(targets.Export).Failure());

        Assert.Equal(service.Clock.GetUtcNow().AddDays(60), first.RetryAt);
        Assert.Equal(first.RetryAt, next.RetryAt);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task A_later_request_waits_for_the_remaining_time()
    {
        await using var service = await ThrottledAsync("37");
        var end = service.Clock.GetUtcNow().AddSeconds(37);
        await StartAsync(service);
        service.Clock.Advance(TimeSpan.FromSeconds(30));

        var (later, observer) = await StartAsync(service);

        Assert.Equal((TimeSpan.FromSeconds(7), end), Assert.Single(observer.Waits));
        service.Clock.Advance(TimeSpan.FromSeconds(7));
        await later.WithTimeout();
    }

    [Theory]
    [InlineData("create export")]
    [InlineData("create download")]
    [InlineData("delete export")]
    public async Task Creates_and_updates_wait_for_the_rate_limit(string call)
    {
        await using var service = await ThrottledAsync("5");
        await StartAsync(service);
        var observer = Patient(service);

        var other = Calls.Prepare(call, service)(service.Client.WithObserver(observer));

        Assert.Single(observer.Waits);
        service.Clock.Advance(TimeSpan.FromSeconds(5));
        await other.WithTimeout();
    }

    [Fact]
    public async Task Requests_fail_at_once_with_the_end_of_a_wait_that_is_too_long_until_it_has_passed()
    {
        await using var service = await ThrottledAsync("3600");
        var end = service.Clock.GetUtcNow().AddHours(1);
        var run = Calls.Prepare("get export", service);
        Assert.Equal(end, Assert.IsType<ThrottledException>(await run(service.Client).Failure()).RetryAt);

        service.Clock.Advance(TimeSpan.FromMinutes(50));
        var refused = Assert.IsType<ThrottledException>(await run(service.Client).Failure());

        Assert.Equal((end, TimeSpan.FromMinutes(10), null), (refused.RetryAt, refused.RetryAfter, refused.Request.StatusCode));
        Assert.Contains("was not sent", refused.Message, StringComparison.Ordinal);
        Assert.Single(service.Requests);
        Assert.Empty(service.Observer.Waits);

        service.Clock.Advance(TimeSpan.FromMinutes(10));
        await run(service.Client).WithTimeout();
        Assert.Equal(2, service.Requests.Count);
    }

    [Fact]
    public async Task The_rest_of_a_long_wait_is_waited_out_once_it_is_short_enough()
    {
        await using var service = await ThrottledAsync("3600");
        await Calls.Prepare("get export", service)(service.Client).Failure();
        service.Clock.Advance(TimeSpan.FromMinutes(59));

        var (call, observer) = await StartAsync(service);

        Assert.Equal(TimeSpan.FromMinutes(1), Assert.Single(observer.Waits).Delay);
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        await call.WithTimeout();
    }

    [Fact]
    public async Task A_client_without_retries_does_not_wait()
    {
        await using var service = await ThrottledAsync("5", options => options with { MaximumRetryCount = 0 });
        var run = Calls.Prepare("get export", service);
        await run(service.Client).Failure();

        Assert.IsType<ThrottledException>(await run(service.Client).Failure());
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_at_once()
    {
        await using var service = await ThrottledAsync("60");
        await StartAsync(service);
        var export = CallTargets.Create(service).Export;
        using var stop = new CancellationTokenSource();

        var call = service.Client.In(service.Project).Exports.GetAsync(export, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WithTimeout());
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task Closing_the_client_ends_the_wait()
    {
        await using var service = await ThrottledAsync("60");
        await StartAsync(service);

        var (call, _) = await StartAsync(service);
        service.Client.Dispose();

        await Assert.ThrowsAsync<ClientClosedException>(() => call.WithTimeout());
    }

    [Theory]
    [InlineData(60, 10)]
    [InlineData(10, 60)]
    public void The_longest_requested_wait_counts(int first, int second)
    {
        var clock = new TestClock();
        var observer = new RecordingObserver(clock) { SkipsWaits = false };
        var gate = new RateLimitGate(clock);
        gate.Close(TimeSpan.FromSeconds(first));
        gate.Close(TimeSpan.FromSeconds(second));

        var request = new ApiRequest(HttpMethod.Get, "/", ApiScope.Project("12345"), SecretScrubber.None);
        var passing = gate.PassAsync(request, MaxWait, observer, CancellationToken.None);

        Assert.False(passing.IsCompleted);
        Assert.Equal(TimeSpan.FromSeconds(60), Assert.Single(observer.Waits).Delay);
    }

    [Fact]
    public async Task Row_counts_have_their_own_rate_limit()
    {
        await using var service = await TestService.StartAsync();
        service.Break(FailureCases.Limited("60") with { PathPattern = "/count_rows/$", Times = int.MaxValue });
        var client = service.Connect(options => options with { MaximumRetryCount = 0 });
        var count = Calls.Prepare("count rows", service);

        Assert.Equal(429, (await count(client).Failure())?.Request.StatusCode);

        await Calls.Prepare("get export", service)(client).WithTimeout();
        Assert.Null(Assert.IsType<ThrottledException>(await count(client).Failure()).Request.StatusCode);
    }

    [Theory]
    [InlineData("429 without a time")]
    [InlineData("429 too many at once")]
    [InlineData("503 in an hour")]
    public async Task Other_failures_hold_back_no_request(string name)
    {
        await using var service = await TestService.StartAsync();
        service.Break(FailureCases.All.Single(failure => failure.Name == name).Fault!(service.Clock.GetUtcNow()));
        var run = Calls.Prepare("get export", service);
        await run(service.Client).Failure();

        await run(service.Client).WithTimeout();
    }

    /// <summary>A service that throttles its first request, and a client that waits for two minutes at most.</summary>
    private static async Task<TestService> ThrottledAsync(
        string retryAfter,
        Func<BatchExportClientOptions, BatchExportClientOptions>? configure = null)
    {
        configure ??= options => options with { MaximumRetryCount = 2, MaximumRetryDelay = MaxWait };
        var service = await TestService.StartAsync(connect: configure);
        service.Observer.SkipsWaits = false;
        service.Break(FailureCases.Limited(retryAfter));
        return service;
    }

    /// <summary>Begins a call and comes back when it waits.</summary>
    private static async Task<(Task Call, RecordingObserver Observer)> StartAsync(TestService service)
    {
        var observer = Patient(service);
        var call = Calls.Prepare("get export", service)(service.Client.WithObserver(observer));
        await BoundedWait.Until(() => !observer.Waits.IsEmpty);
        return (call, observer);
    }

    private static RecordingObserver Patient(TestService service) => new(service.Clock) { SkipsWaits = false };
}
