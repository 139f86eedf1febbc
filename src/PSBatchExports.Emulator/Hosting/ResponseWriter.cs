using System.Buffers;
using System.Globalization;

namespace PSBatchExports.Emulator.Hosting;

/// <summary>Sends a response at a given speed, with a given fault.</summary>
internal sealed class ResponseWriter(long? bytesPerSecond, TimeProvider clock, TimeProvider wireClock)
{
    private const int StalledBytes = 64;

    private long _bytesSent;

    /// <summary>Number of body bytes sent so far.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    public async Task WriteAsync(HttpContext context, EmulatorResponse response, Fault? fault, CancellationToken stopping)
    {
        var http = context.Response;
        var headOnly = HttpMethods.IsHead(context.Request.Method);
        http.StatusCode = response.Status;
        http.Headers.Date = clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        foreach (var (name, value) in response.Headers)
            http.Headers[name] = value;
        if (response.Status is not 204 and not 205 and not 304)
            http.ContentLength = response.Body.Length;

        if (headOnly || response.Status is 204 or 205 or 304)
            return;

        var limit = Math.Min(response.Body.Length, fault?.TruncateAfter ?? response.Body.Length);
        if (fault is { Stall: true })
            limit = Math.Min(limit, Math.Min(StalledBytes, response.Body.Length / 2));

        if (limit < response.Body.Length || fault is { Stall: true })
            await http.StartAsync(stopping);
        await CopyAsync(context, response.Body, limit, stopping);

        if (fault is { Stall: true })
            await Connection.HoldAsync(context, stopping);
        else if (limit < response.Body.Length)
            await Connection.CloseAsync(context, stopping);
    }

    private async Task CopyAsync(HttpContext context, IResponseBody body, long limit, CancellationToken stopping)
    {
        if (limit == 0)
            return;

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var source = body.Open();
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            var start = wireClock.GetTimestamp();
            for (long sent = 0; sent < limit;)
            {
                var wanted = (int)Math.Min(ChunkSize, limit - sent);
                var read = await source.ReadAsync(buffer.AsMemory(0, wanted), linked.Token);
                if (read == 0)
                    break;

                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), linked.Token);
                sent += read;
                Interlocked.Add(ref _bytesSent, read);
                await PaceAsync(start, sent, linked.Token);
            }

            await context.Response.Body.FlushAsync(linked.Token);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            await source.DisposeAsync();
        }
    }

    private int ChunkSize => bytesPerSecond is { } speed ? (int)Math.Clamp(speed / 20, 1, 65536) : 65536;

    private async Task PaceAsync(long start, long sent, CancellationToken cancellationToken)
    {
        if (bytesPerSecond is not { } speed)
            return;

        var ahead = TimeSpan.FromSeconds((double)sent / speed) - wireClock.GetElapsedTime(start);
        if (ahead > TimeSpan.Zero)
            await Task.Delay(ahead, wireClock, cancellationToken);
    }
}
