using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Connections of one key to one host know of the same rate limits (docs/wire.md, section 4).</summary>
public sealed class KeyRateLimitTests
{
    [Fact]
    public async Task Connections_of_one_key_wait_together()
    {
        await using var service = await ThrottledAsync();
        var observer = new RecordingObserver(service.Clock) { SkipsWaits = false };
        var patient = service.Connect(options => options with { MaximumRetryCount = 3, MaximumRetryDelay = TimeSpan.FromHours(2) });

        var call = GetAsync(service, patient.WithObserver(observer));

        Assert.Equal(TimeSpan.FromHours(1), Assert.Single(observer.Waits).Delay);
        Assert.Single(service.Requests);
        service.Clock.Advance(TimeSpan.FromHours(1));
        await call.WithTimeout();
        Assert.Equal(2, service.Requests.Count);
    }

    [Fact]
    public async Task Each_connection_waits_no_longer_than_its_own_limit()
    {
        await using var service = await ThrottledAsync();

        await Assert.ThrowsAsync<ThrottledException>(() => GetAsync(service, service.Connect(options => options)));

        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task Another_key_is_not_held_back()
    {
        await using var service = await ThrottledAsync();
        var other = service.Connect(options => options with { ApiKey = TestService.Secret("phx_other") });

        await Assert.ThrowsAsync<AuthenticationFailedException>(() => GetAsync(service, other));

        Assert.Equal(2, service.Requests.Count);
    }

    [Fact]
    public async Task Another_host_is_not_held_back()
    {
        await using var service = await ThrottledAsync();
        await using var other = await TestService.StartAsync();
        Assert.Equal(service.Emulator.ApiKey, other.Emulator.ApiKey);
        using var client = new BatchExportClient(TestService.OptionsFor(other.Emulator.ApiOrigin, other.Emulator.ApiKey, service.Clock));

        await GetAsync(other, client).WithTimeout();
    }

    [Fact]
    public async Task They_are_forgotten_when_the_last_connection_is_closed()
    {
        await using var service = await ThrottledAsync();
        var second = service.Connect(options => options);
        service.Client.Dispose();
        await Assert.ThrowsAsync<ThrottledException>(() => GetAsync(service, second));

        second.Dispose();
        second.Dispose();

        await GetAsync(service, service.Connect(options => options)).WithTimeout();
    }

    private static async Task<TestService> ThrottledAsync()
    {
        var service = await TestService.StartAsync();
        service.Break(FailureCases.Limited("3600"));
        await Assert.ThrowsAsync<ThrottledException>(() => GetAsync(service, service.Client));
        return service;
    }

    private static Task<BatchExport> GetAsync(TestService service, BatchExportClient client) =>
        client.In(service.Project).Exports.GetAsync(CallTargets.Create(service).Export);
}
