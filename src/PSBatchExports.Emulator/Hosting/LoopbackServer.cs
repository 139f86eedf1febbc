using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace PSBatchExports.Emulator.Hosting;

/// <summary>An HTTP/1.1 server on 127.0.0.1.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private const long MaxRequestBytes = 20 * 1024 * 1024;
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _application;
    private readonly ConnectionCounter _connections;

    private LoopbackServer(WebApplication application, ConnectionCounter connections)
    {
        _application = application;
        _connections = connections;
    }

    public Uri Origin => new(_application.Urls.First());

    public int OpenConnections => _connections.Open;

    public static async Task<LoopbackServer> StartAsync(int port, RequestDelegate handler, CancellationToken cancellationToken)
    {
        var connections = new ConnectionCounter();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(connections.Count);
            });
        });

        var application = builder.Build();
        application.Run(handler);
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new LoopbackServer(application, connections);
    }

    public async ValueTask DisposeAsync()
    {
        using (var timeout = new CancellationTokenSource(ShutdownTimeout))
            await _application.StopAsync(timeout.Token);
        await _application.DisposeAsync();
    }
}
