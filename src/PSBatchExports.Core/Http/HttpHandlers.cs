using System.Net;
using System.Net.Security;

namespace PSBatchExports.Http;

/// <summary>Makes the two HTTP clients of a connection: one for the API, one for the storage, which never sees the key.</summary>
internal static class HttpHandlers
{
    public const int MostHeaderKilobytes = 64;

    private static readonly string UserAgent = $"PSBatchExports/{typeof(HttpHandlers).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>The proxy of a client: the one that was given, else the system's.</summary>
    public static IWebProxy ProxyOf(BatchExportClientOptions options)
    {
        if (options.Proxy is not { } given)
            return HttpClient.DefaultProxy;

        var (address, credential) = ProxyAddress.Read(given);
        return new WebProxy(address) { Credentials = options.ProxyCredential ?? credential };
    }

    public static HttpClient ForApi(BatchExportClientOptions options) => Make(options, DecompressionMethods.All, connect: null);

    public static HttpClient ForStorage(BatchExportClientOptions options) =>
        Make(options, DecompressionMethods.None, (context, stop) => NearAddresses.ConnectAsync(context, options.ApiHost, stop));

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
            MaxResponseHeadersLength = MostHeaderKilobytes,
            ActivityHeadersPropagator = null,
            ConnectCallback = connect,
        };
        if (options.Proxy is not null)
            handler.Proxy = ProxyOf(options);
        else if (options.ProxyCredential is not null)
            handler.DefaultProxyCredentials = options.ProxyCredential;

        if (options.SkipCertificateCheck)
        {
#pragma warning disable CA5359 // The caller asked for it by name.
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
        }

        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", UserAgent);
        return client;
    }
}
