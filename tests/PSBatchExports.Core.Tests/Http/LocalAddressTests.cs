using PSBatchExports.Http;
using PSBatchExports.Secrets;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Where the service may send the client: to this machine and its own link only where it is there itself.</summary>
public class LocalAddressTests
{
    // Of the networks that are reserved for examples: no name needs to be resolved, and nobody is there.
    private static readonly Uri FarService = new("https://192.0.2.1");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://127.0.0.1:9000/", false)]
    [InlineData("http://127.1.2.3/", false)]
    [InlineData("http://2130706433/", false)]
    [InlineData("http://0x7f.1/", false)]
    [InlineData("http://localhost/", false)]
    [InlineData("http://0.0.0.0/", false)]
    [InlineData("http://[::1]/", false)]
    [InlineData("http://[::ffff:127.0.0.1]/", false)]
    [InlineData("http://169.254.169.254/", false)]
    [InlineData("http://[fe80::1]/", false)]
    [InlineData("http://[::ffff:169.254.1.1]/", false)]
    [InlineData("https://storage.example/", true)]
    [InlineData("http://10.0.0.1/", true)]
    [InlineData("http://198.51.100.7/", true)]
    [InlineData("http://[2001:db8::1]/", true)]
    public async Task A_remote_service_may_not_lead_to_local_addresses(string address, bool isAllowed) =>
        Assert.Equal(isAllowed, await LocalAddresses.MayLeadToAsync(new Uri(address), FarService, Stop));

    [Theory]
    [InlineData("http://127.0.0.1:8000", "http://127.0.0.1:9000/", true)]
    [InlineData("http://localhost:8000", "http://127.0.0.1:9000/", true)]
    [InlineData("http://127.0.0.1:8000", "http://localhost:9000/", true)]
    [InlineData("http://[::1]:8000", "http://127.0.0.1:9000/", true)]
    [InlineData("http://127.0.0.1:8000", "http://169.254.169.254/", false)]
    [InlineData("http://169.254.7.7", "http://169.254.7.8/", true)]
    [InlineData("http://169.254.7.7", "http://127.0.0.1/", false)]
    public async Task A_local_service_may_lead_to_its_own_address(string service, string address, bool isAllowed) =>
        Assert.Equal(isAllowed, await LocalAddresses.MayLeadToAsync(new Uri(address), new Uri(service), Stop));

    [Fact]
    public async Task A_name_that_resolves_to_this_machine_gets_no_request()
    {
        using var server = new RawServer(_ => [RawServer.Json("{}")]);
        using var http = HttpHandlers.ForStorage(TestService.OptionsFor(FarService, "phx_test", TimeProvider.System));

        var address = new Uri($"http://localhost:{server.Origin.Port}/");

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(address, Stop));

        var request = new ApiRequest(HttpMethod.Get, "/", ApiScope.Project("12345"), SecretScrubber.None);
        var told = ConnectionFailures.ToException(failure, server.Origin, null, request.Failed, RetryMode.Always);
        Assert.Contains("leads to this machine", Assert.IsType<UnexpectedResponseException>(told).Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("http://storage.example/file", "GET http://storage.example/file")]
    [InlineData("https://storage.example/file", "CONNECT storage.example:443")]
    public async Task A_proxy_may_be_on_this_machine(string address, string request)
    {
        using var proxy = new RawServer(_ => [RawServer.Json("{}"), RawServer.HangUp]);
        var options = TestService.OptionsFor(FarService, "phx_test", TimeProvider.System) with { Proxy = proxy.Origin };
        using var http = HttpHandlers.ForStorage(options);

        try
        {
            using var response = await http.GetAsync(new Uri(address), Stop);
        }
        catch (HttpRequestException)
        {
            // No TLS can be spoken through this proxy.
        }

        Assert.StartsWith(request, Assert.Single(proxy.Requests), StringComparison.Ordinal);
    }
}
