using System.Net;
using System.Text;
using PSBatchExports.Http;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Proxies as people write them, and proxies that are not there or refuse.</summary>
public sealed class ProxyTests
{
    private const int Retries = 2;

    private static readonly ApiScope Project = ApiScope.Project("12345");

    private static readonly byte[] EmptyPage = RawServer.Json("""{"count":0,"next":null,"previous":null,"results":[]}""");

    private static readonly byte[] AuthenticationRequired =
        RawServer.Answer([], "Proxy-Authenticate: Basic realm=\"x\"\r\n", "407 Proxy Authentication Required");

    [Theory]
    [InlineData("http://proxy.example:8080", "http://proxy.example:8080/", null)]
    [InlineData("proxy.example:8080", "http://proxy.example:8080/", null)]
    [InlineData("localhost:3128", "http://localhost:3128/", null)]
    [InlineData("10.0.0.1:3128", "http://10.0.0.1:3128/", null)]
    [InlineData("[::1]:3128", "http://[::1]:3128/", null)]
    [InlineData("//proxy.example:3128", "http://proxy.example:3128/", null)]
    [InlineData("proxy", "http://proxy/", null)]
    [InlineData("https://proxy.example", "https://proxy.example/", null)]
    [InlineData("socks5://proxy.example", "socks5://proxy.example:1080/", null)]
    [InlineData("socks4a://proxy.example:9", "socks4a://proxy.example:9/", null)]
    [InlineData("http://user:pa%40ss@proxy.example:8080/", "http://proxy.example:8080/", "user pa@ss")]
    [InlineData("user:a:b@proxy.example:8080", "http://proxy.example:8080/", "user a:b")]
    [InlineData("http://user@proxy.example:8080", "http://proxy.example:8080/", "user ")]
    public void The_address_of_a_proxy_is_parsed(string text, string address, string? credential)
    {
        var (read, found) = ProxyAddress.Parse(new Uri(text, UriKind.RelativeOrAbsolute));

        Assert.Equal((address, credential), (read.AbsoluteUri, found is null ? null : $"{found.UserName} {found.Password}"));
    }

    [Theory]
    [InlineData("ftp://proxy.example:21", "begins with ftp:")]
    [InlineData("file:///proxy", "file")]
    [InlineData("http://proxy.example/proxy.pac", "a script that names one")]
    [InlineData("http://user:secret-word@proxy.example/proxy.pac", "http://proxy.example, has a path")]
    [InlineData("user:secret-word@proxy example:8080", "'proxy example:8080' is not the address")]
    [InlineData("proxy.example:port", "is not the address")]
    [InlineData(":8080", "is not the address")]
    [InlineData(" ", "is not the address")]
    public void An_invalid_proxy_address_is_refused_without_showing_its_password(string text, string says)
    {
        var proxy = new Uri(text, UriKind.RelativeOrAbsolute);
        var host = new Uri("https://service.example");
        var options = TestService.OptionsFor(host, "phx_test", TimeProvider.System) with { Proxy = proxy };

        var refusal = Assert.Throws<ArgumentException>(() => new BatchExportClient(options));

        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://service.example")]
    [InlineData("https://service.example")]
    public async Task An_unreachable_proxy_is_named_instead_of_the_service(string host)
    {
        var closed = TestService.ClosedPort();

        var (failure, attempts) = await AskAsync(host, closed.Authority);

        Assert.Equal($"The proxy {closed.GetLeftPart(UriPartial.Authority)} refused the connection.", failure.Message);
        Assert.Equal((closed, null, true), (failure.Proxy, failure.ProxyStatusCode, failure.NeverSent));
        Assert.Equal(1 + Retries, attempts);
    }

    [Theory]
    [InlineData("http://service.example", "http://user:secret-word@no-such-proxy.invalid:3128")]
    [InlineData("https://service.example", "no-such-proxy.invalid:3128")]
    [InlineData("https://service.example", "socks5://no-such-proxy.invalid:3128")]
    public async Task A_proxy_with_an_unknown_name_is_named_instead_of_the_service(string host, string proxy)
    {
        var (failure, _) = await AskAsync(host, proxy);

        Assert.Contains("proxy", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no-such-proxy.invalid", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("service.example", failure.Message, StringComparison.Ordinal);
        Assert.Equal("no-such-proxy.invalid", failure.Proxy?.Host);
    }

    [Theory]
    [InlineData("403 Forbidden", 403, 1)]
    [InlineData("502 Bad Gateway", 502, 1 + Retries)]
    [InlineData("503 Service Unavailable", 503, 1 + Retries)]
    public async Task A_proxy_that_refuses_to_connect_is_reported_with_its_status_and_retried_only_if_that_may_help(
        string status,
        int code,
        int expectedAttempts)
    {
        using var proxy = new RawServer(_ => [RawServer.Answer([], "", status)]);

        var (failure, attempts) = await AskAsync("https://service.example", proxy.Origin.Authority);

        Assert.Equal(
            $"The proxy {proxy.Origin.GetLeftPart(UriPartial.Authority)} refused to connect to service.example: it answered {code}.",
            failure.Message);
        Assert.Equal((proxy.Origin, code), (failure.Proxy, failure.ProxyStatusCode));
        Assert.Equal(expectedAttempts, attempts);
        Assert.False(failure.MayHaveTakenEffect);
    }

    [Theory]
    [InlineData("http://service.example")]
    [InlineData("https://service.example")]
    public async Task A_proxy_that_requires_authentication_is_not_retried(string host)
    {
        using var proxy = new RawServer(_ => [AuthenticationRequired]);

        var (failure, attempts) = await AskAsync(host, proxy.Origin.Authority);

        Assert.Contains(
            $"The proxy {proxy.Origin.GetLeftPart(UriPartial.Authority)} asks for a user name and password",
            failure.Message,
            StringComparison.Ordinal);
        Assert.Equal((407, 1), (failure.ProxyStatusCode, attempts));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Credentials_in_the_proxy_address_are_used_unless_others_are_given(bool isGiven)
    {
        using var proxy = new RawServer(head =>
        [
            head.Contains("Proxy-Authorization:", StringComparison.OrdinalIgnoreCase) ? EmptyPage : AuthenticationRequired,
        ]);
        var credential = isGiven ? new NetworkCredential("other", "word") : null;
        using var client = Connect(
            "http://service.example",
            $"http://user:pa%40ss@{proxy.Origin.Authority}",
            NoObserver.Instance,
            credential);

        await client.In(Project).Exports.ListAsync().ToListAsync();

        var told = Convert.ToBase64String(Encoding.ASCII.GetBytes(isGiven ? "other:word" : "user:pa@ss"));
        Assert.Contains($"Proxy-Authorization: Basic {told}", proxy.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socks_proxy_that_refuses_is_named()
    {
        using var proxy = new RawServer(_ => [[5, 255], RawServer.HangUp]);

        var (failure, _) = await AskAsync("https://service.example", $"socks5://{proxy.Origin.Authority}");

        Assert.Contains($"proxy socks5://{proxy.Origin.Authority}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_failures_say_through_which_proxy()
    {
        using var proxy = new RawServer(_ => [RawServer.HangUp]);

        var (failure, _) = await AskAsync("http://service.example", proxy.Origin.Authority);

        Assert.Equal(
            $"The connection to service.example through the proxy {proxy.Origin.GetLeftPart(UriPartial.Authority)} " +
            "was lost before the response was complete.",
            failure.Message);
        Assert.Null(failure.Proxy);
    }

    [Fact]
    public async Task Without_a_proxy_the_service_is_named()
    {
        var closed = TestService.ClosedPort();
        using var client = new BatchExportClient(TestService.OptionsFor(closed, "phx_test", TimeProvider.System));

        var failure = Assert.IsType<ConnectionFailedException>(await client.In(Project).Exports.ListAsync().ToListAsync().Failure());

        Assert.Equal(($"{closed.Authority} refused the connection.", null), (failure.Message, failure.Proxy));
    }

    private static async Task<(ConnectionFailedException Failure, int Attempts)> AskAsync(string host, string proxy)
    {
        var observer = new RecordingObserver(new TestClock());
        using var client = Connect(host, proxy, observer);
        var failure = Assert.IsType<ConnectionFailedException>(await client.In(Project).Exports.ListAsync().ToListAsync().Failure());
        Assert.DoesNotContain("secret-word", failure.ToString(), StringComparison.Ordinal);
        return (failure, observer.Sent.Count);
    }

    private static BatchExportClient Connect(string host, string proxy, IRequestObserver observer, ICredentials? credential = null) =>
        new BatchExportClient(TestService.OptionsFor(new Uri(host), "phx_test", TimeProvider.System) with
        {
            Proxy = new Uri(proxy, UriKind.RelativeOrAbsolute),
            ProxyCredential = credential,
            AllowHttp = true,
            MaximumRetryCount = Retries,
            MaximumRetryDelay = TimeSpan.FromMilliseconds(1),
        }).WithObserver(observer);
}
