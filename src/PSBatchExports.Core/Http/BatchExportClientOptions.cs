using System.Net;
using System.Security;
using PSBatchExports.Http;

namespace PSBatchExports;

/// <summary>The host, the key and the limits of a <see cref="BatchExportClient"/>.</summary>
public sealed record BatchExportClientOptions
{
    /// <summary>The US cloud.</summary>
    public static readonly Uri UsHost = new("https://us.posthog.com");

    /// <summary>The EU cloud.</summary>
    public static readonly Uri EuHost = new("https://eu.posthog.com");

    /// <summary>The service's origin, without a path. The key is sent nowhere else (docs/wire.md, section 1).</summary>
    public Uri ApiHost { get; init; } = UsHost;

    /// <summary>The personal API key (docs/wire.md, section 2). The client keeps its own copy.</summary>
    public required SecureString ApiKey { get; init; }

    /// <summary>
    /// The proxy; null for the system's. The address may hold a user name and a password. The scheme is http, https, socks4, socks4a or
    /// socks5; none means http.
    /// </summary>
    public Uri? Proxy { get; init; }

    /// <summary>Credentials for the proxy; null for none.</summary>
    public ICredentials? ProxyCredential { get; init; }

    /// <summary>Whether to accept any certificate; for test instances.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>Whether the key may be sent, and files received, over plain http from another machine.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>
    /// Whether page links to another origin are followed at <see cref="ApiHost"/> instead of being refused; for instances behind a reverse
    /// proxy (docs/wire.md, section 5).
    /// </summary>
    public bool RebasePageLinks { get; init; }

    /// <summary>The timeout of one attempt. It is granted twice: once until the headers arrive, and again for the body.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>The maximum number of retries of a request; 0 or less for none.</summary>
    public int MaximumRetryCount { get; init; } = 4;

    /// <summary>
    /// The maximum wait before an attempt. If the server asks for more, the request fails at once with a <see cref="ThrottledException"/>
    /// that says when the wait would end, and so do later requests of the client until then (docs/wire.md, section 4).
    /// </summary>
    public TimeSpan MaximumRetryDelay { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The clock for timeouts and waits.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Whether files may be received over plain http: if allowed explicitly, or if the key itself is sent over http or only to this
    /// machine.
    /// </summary>
    internal bool AllowsPlainFiles => AllowHttp || ApiHost.Scheme == Uri.UriSchemeHttp || ApiHost.IsLoopback;

    /// <summary>Checks the options without contacting the service.</summary>
    /// <exception cref="ArgumentException">
    /// The host is not an http(s) origin, is the ingestion host, or would get the key in the clear; or the proxy's address is invalid.
    /// </exception>
    public void Validate()
    {
        if (!ApiHost.IsAbsoluteUri || (ApiHost.Scheme != Uri.UriSchemeHttps && ApiHost.Scheme != Uri.UriSchemeHttp))
            throw new ArgumentException($"'{ApiHost}' is not an http or https address. Give an origin such as https://eu.posthog.com.");

        if (ApiHost.UserInfo.Length > 0)
            throw new ArgumentException("The host must not hold a user name or password.");

        if (ApiHost.PathAndQuery != "/")
        {
            throw new ArgumentException(
                $"'{ApiHost.GetLeftPart(UriPartial.Path)}' has a path. Give the origin only: {ApiHost.GetLeftPart(UriPartial.Authority)}.");
        }

        if (ApiHost.Host.EndsWith(".i.posthog.com", StringComparison.OrdinalIgnoreCase))
        {
            var host = ApiHost.Host.Replace(".i.", ".", StringComparison.OrdinalIgnoreCase);
            throw new ArgumentException($"{ApiHost.Host} takes events in and does not serve this API. Use https://{host}.");
        }

        if (ApiHost.Scheme == Uri.UriSchemeHttp && !ApiHost.IsLoopback && !AllowHttp)
            throw new PlainHttpException(ApiHost);

        if (Proxy is not null)
            _ = ProxyAddress.Parse(Proxy);
    }
}
