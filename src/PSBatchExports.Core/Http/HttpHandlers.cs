using System.Net;
using System.Net.Security;

namespace PSBatchExports.Http;

/// <summary>Creates the two HTTP clients: one for the API and one for the storage, which never gets the key.</summary>
internal static class HttpHandlers
{
    public const int MaxHeaderKilobytes = 64;

    private static readonly string UserAgent = $"PSBatchExports/{typeof(HttpHandlers).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>The proxy on the way to an address; null for none.</summary>
    public static Uri? ProxyTo(Uri target, BatchExportClientOptions options)
    {
        var proxy = ProxyOf(options);
        return proxy.IsBypassed(target) ? null : proxy.GetProxy(target);
    }

    public static HttpClient ForApi(BatchExportClientOptions options) => Make(options, DecompressionMethods.All, connect: null);

    public static HttpClient ForStorage(BatchExportClientOptions options) =>
        Make(options, DecompressionMethods.None, (context, stop) => LocalAddresses.ConnectAsync(context, options.ApiHost, stop));

    /// <summary>The given proxy, or the system's.</summary>
    private static IWebProxy ProxyOf(BatchExportClientOptions options)
    {
        if (options.Proxy is not { } given)
            return HttpClient.DefaultProxy;

        var (address, credential) = ProxyAddress.Parse(given);
        return new WebProxy(address) { Credentials = options.ProxyCredential ?? credential };
    }

    private static HttpClient Make(
        BatchExportClientOptions options,
        DecompressionMethods decompression,
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = decompression,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            ActivityHeadersPropagator = null,
            ConnectCallback = connect,
        };
        if (options.Proxy is not null)
            handler.Proxy = ProxyOf(options);
        else if (options.ProxyCredential is not null)
            handler.DefaultProxyCredentials = options.ProxyCredential;

        if (options.SkipCertificateCheck)
        {
#pragma warning disable CA5359 // The caller asked for it explicitly.
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
        }

        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", UserAgent);
        return client;
    }
}
