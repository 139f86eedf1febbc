using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Every call of <see cref="Calls"/> with every failure of <see cref="FailureCases"/>.</summary>
public class RetryTableTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);

    // As long as the calls that take long by design get anyway.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    public static TheoryData<string> EveryCall() => new(Calls.All.Select(call => call.Name));

    [Theory]
    [MemberData(nameof(EveryCall))]
    public async Task A_lasting_failure_is_reported_after_as_many_attempts_as_are_safe(string name)
    {
        var call = Calls.Named(name);
        await using var service = await TestService.StartAsync(WithoutLimits);

        var rows = new List<(string Expected, string Actual)>();
        foreach (var failureCase in FailureCases.All.Where(failureCase => failureCase.AppliesTo(call)))
        {
            var (actual, made) = await RunAsync(service, call, failureCase, times: int.MaxValue);
            rows.Add((RowOf(failureCase, call), actual));
            Assert.InRange(made, call.Name == "delete export" ? -1 : 0, call.Makes);
        }

        Assert.Equal(rows.Select(row => row.Expected), rows.Select(row => row.Actual));
    }

    [Theory]
    [MemberData(nameof(EveryCall))]
    public async Task A_passing_failure_is_survived_where_a_retry_is_safe(string name)
    {
        var call = Calls.Named(name);
        await using var service = await TestService.StartAsync(WithoutLimits);

        var rows = new List<(string Expected, string Actual)>();
        foreach (var failureCase in FailureCases.All.Where(failureCase => failureCase.AppliesTo(call) && failureCase.Fault is not null))
        {
            var waits = failureCase.WaitsOf(call);
            var (actual, made) = await RunAsync(service, call, failureCase, times: 1);
            rows.Add((waits.Length > 0 ? Row(failureCase.Name, null, false, waits[..1]) : RowOf(failureCase, call), actual));
            Assert.InRange(made, call.Name == "delete export" ? -1 : waits.Length > 0 ? call.Makes : 0, call.Makes);
        }

        Assert.Equal(rows.Select(row => row.Expected), rows.Select(row => row.Actual));
    }

    private static EmulatorOptions WithoutLimits(EmulatorOptions options) =>
        options with { ConcurrentBackfillLimit = int.MaxValue, ConcurrentDownloadLimit = int.MaxValue };

    private static async Task<(string Row, int Made)> RunAsync(TestService service, Call call, FailureCase failureCase, int times)
    {
        var targets = CallTargets.Create(service);
        var before = Calls.Count(service.Emulator.State);
        service.Emulator.Requests.Clear();
        service.Emulator.Faults.Clear();
        service.Clock.GoToWholeSecond();
        var fault = failureCase.Fault?.Invoke(service.Clock.GetUtcNow());
        if (fault is not null)
            service.Break(fault with { Times = times, Method = call.Method, PathPattern = call.PathPattern });

        var observer = new RecordingObserver(service.Clock);

        // The last connection takes with it what it knew of the rate limit.
        service.Client.Dispose();
        var origin = fault is null ? TestService.ClosedPort() : service.Emulator.ApiOrigin;
        using var client = new BatchExportClient(TestService.OptionsFor(origin, service.Emulator.ApiKey, service.Clock) with
        {
            MaximumRetryCount = FailureCases.Retries,
            MaximumRetryDelay = MaxWait,
            Timeout = Timeout,
        });
        var outcome = call.Run(client.WithObserver(observer), targets).Failure();
        if (fault is { StallHeaders: true })
            await PassTimeoutsAsync(service, outcome);

        var failure = await outcome;
        var sent = observer.Sent.Where(request => call.IsAbout(request.Method, request.Path)).ToArray();
        if (fault is not null)
            Assert.Equal(service.Requests.Count(request => call.IsAbout(request.Method, request.Path)), sent.Length);

        var row = Row(failureCase.Name, failure?.GetType(), failure?.MayHaveTakenEffect == true, Measure(observer, sent));
        return (row, Calls.Count(service.Emulator.State) - before);
    }

    private static async Task PassTimeoutsAsync(TestService service, Task outcome)
    {
        var timeouts = 0;
        while (await Task.WhenAny(outcome, Task.Delay(5)) != outcome)
        {
            if (service.Requests.Count(request => request.StatusCode == 0) > timeouts)
            {
                timeouts++;
                service.Clock.Advance(Timeout);
            }
        }
    }

    /// <summary>The waits by the clock, each of which must be the one that was announced.</summary>
    private static string[] Measure(RecordingObserver observer, (string Method, string Path, DateTimeOffset At)[] sent)
    {
        var announced = observer.Waits.ToArray();
        Assert.Equal(announced.Select(wait => wait.Until), sent.Skip(1).Select(request => request.At));
        return announced.Select((wait, attempt) => Describe(wait.Delay, attempt)).ToArray();
    }

    private static string Describe(TimeSpan wait, int attempt) =>
        wait.Ticks % TimeSpan.TicksPerSecond == 0 ? FormattableString.Invariant($"{wait.TotalSeconds} s")
        : wait < TimeSpan.FromSeconds(1.5 * Math.Pow(2, attempt)) ? FailureCases.BackOff
        : FormattableString.Invariant($"{wait}");

    private static string RowOf(FailureCase failureCase, Call call) =>
        Row(
            failureCase.Name,
            failureCase.Outcome,
            call.Makes > 0 && failureCase.MayHaveTakenEffect,
            failureCase.WaitsOf(call));

    private static string Row(string failureCase, Type? outcome, bool mayHaveTakenEffect, string[] waits)
    {
        var attempts = $"{outcome?.Name ?? "success"} after {waits.Length + 1} attempts";
        return $"{failureCase}: {attempts}{(mayHaveTakenEffect ? ", may have taken effect" : "")}; waits: {string.Join(", ", waits)}";
    }
}
