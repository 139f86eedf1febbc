using System.Net;
using System.Security;
using PSBatchExports.Http;

namespace PSBatchExports;

/// <summary>How a <see cref="BatchExportClient"/> reaches the service.</summary>
public sealed record BatchExportClientOptions
{
    /// <summary>The US cloud.</summary>
    public static readonly Uri UsHost = new("https://us.posthog.com");

    /// <summary>The EU cloud.</summary>
    public static readonly Uri EuHost = new("https://eu.posthog.com");

    /// <summary>The service's origin. Only here does the key go (docs/wire.md, section 1).</summary>
    public Uri ApiHost { get; init; } = UsHost;

    /// <summary>The personal API key (docs/wire.md, section 2). The client keeps a copy of its own.</summary>
    public required SecureString ApiKey { get; init; }

    /// <summary>
    /// The proxy; null for the system's. Its address may have a user name and a password, and no scheme, which means http; otherwise http, https, socks4, socks4a or socks5.
    /// </summary>
    public Uri? Proxy { get; init; }

    /// <summary>Credentials for the proxy; null for none.</summary>
    public ICredentials? ProxyCredential { get; init; }

    /// <summary>Whether any certificate is accepted, for test instances.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>Whether a key may go over plain http to a host that is not this machine, and files come over it.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>Whether page links that name another origin are asked at <see cref="ApiHost"/> instead of being refused; for instances behind a proxy (docs/wire.md, section 5).</summary>
    public bool RebasePageLinks { get; init; }

    /// <summary>Time to the headers of one attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How often a request is sent again; 0 for never.</summary>
    public int MaximumRetryCount { get; init; } = 4;

    /// <summary>
    /// The longest wait before a request is sent or sent again. Where the server asks for more, the request fails at once with the time at which that ends, and so do the
    /// requests that follow over the same client until then (docs/wire.md, section 4).
    /// </summary>
    public TimeSpan MaximumRetryDelay { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The clock that time-outs and waits go by.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Whether files may come over plain http: where that was asked for, and where the key goes over it, or no further than this machine, in any case.</summary>
    internal bool AllowsPlainFiles => AllowHttp || ApiHost.Scheme == Uri.UriSchemeHttp || ApiHost.IsLoopback;

    /// <summary>Checks what can be checked without asking the service.</summary>
    /// <exception cref="ArgumentException">The host is not an http(s) origin, is the ingestion host, would get the key in the clear; or the proxy is none; or the key cannot be one.</exception>
    public void Validate()
    {
        if (!ApiHost.IsAbsoluteUri || (ApiHost.Scheme != Uri.UriSchemeHttps && ApiHost.Scheme != Uri.UriSchemeHttp))
            throw new ArgumentException($"'{ApiHost}' is not an http or https address. Give an origin such as https://eu.posthog.com.");

        if (ApiHost.UserInfo.Length > 0)
            throw new ArgumentException("The host must not hold a user name or password.");

        if (ApiHost.PathAndQuery != "/")
            throw new ArgumentException($"'{ApiHost.GetLeftPart(UriPartial.Path)}' has a path. Give the origin only: {ApiHost.GetLeftPart(UriPartial.Authority)}.");

        if (ApiHost.Host.EndsWith(".i.posthog.com", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"{ApiHost.Host} takes events in and does not serve this API. Use https://{ApiHost.Host.Replace(".i.", ".", StringComparison.OrdinalIgnoreCase)}.");

        if (ApiHost.Scheme == Uri.UriSchemeHttp && !ApiHost.IsLoopback && !AllowHttp)
            throw new PlainHttpException(ApiHost);

        if (Proxy is not null)
            _ = ProxyAddress.Read(Proxy);
    }
}
