using PSBatchExports.Http;
using PSBatchExports.Secrets;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Which projects wait when one is throttled (docs/wire.md, section 4).</summary>
public sealed class RateLimiterTests
{
    private static readonly ApiScope One = ApiScope.Project("1");
    private static readonly ApiScope Two = ApiScope.Project("2");
    private static readonly ApiScope Three = ApiScope.Project("3");

    private readonly TestClock _clock = new();
    private readonly RateLimiter _limiter;

    public RateLimiterTests() => _limiter = new RateLimiter(_clock);

    [Fact]
    public async Task Other_projects_go_on_when_one_is_throttled()
    {
        _limiter.Close(One, TimeSpan.FromSeconds(30));
        await PassAsync(Two);
        Assert.False(PassAsync(One).IsCompleted);
    }

    [Fact]
    public async Task All_projects_wait_when_a_second_one_is_throttled()
    {
        _limiter.Close(One, TimeSpan.FromSeconds(30));
        _limiter.Close(Two, TimeSpan.FromSeconds(20));
        var passing = PassAsync(Three);
        Assert.False(passing.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(20));
        await passing.WithTimeout();
    }

    [Fact]
    public async Task A_project_that_is_throttled_later_does_not_hold_back_the_others()
    {
        _limiter.Close(One, TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(11));
        _limiter.Close(Two, TimeSpan.FromSeconds(10));
        await PassAsync(Three);
        await PassAsync(One);
    }

    private Task PassAsync(ApiScope scope)
    {
        var request = new ApiRequest(HttpMethod.Get, "/", scope, SecretScrubber.None);
        var observer = new RecordingObserver(_clock) { SkipsWaits = false };
        return _limiter.PassAsync(request, TimeSpan.FromMinutes(2), observer, CancellationToken.None).AsTask();
    }
}
