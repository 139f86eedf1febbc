using System.Buffers;
using System.Diagnostics;
using System.Globalization;

namespace PSBatchExports.Emulator.Hosting;

/// <summary>Sends an answer, at the given speed and with the given fault.</summary>
internal sealed class AnswerWriter(long? bytesPerSecond, TimeProvider clock)
{
    private const int StalledBytes = 64;

    private long _bytesSent;

    /// <summary>Bytes of bodies sent so far.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    public async Task WriteAsync(HttpContext context, Answer answer, Fault? fault, CancellationToken stopping)
    {
        var response = context.Response;
        var headOnly = HttpMethods.IsHead(context.Request.Method);
        response.StatusCode = answer.Status;
        response.Headers.Date = clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        foreach (var (name, value) in answer.Headers)
            response.Headers[name] = value;
        if (answer.Status is not 204 and not 205 and not 304)
            response.ContentLength = answer.Body.Length;

        if (headOnly || answer.Status is 204 or 205 or 304)
            return;

        var limit = Math.Min(answer.Body.Length, fault?.TruncateAfter ?? answer.Body.Length);
        if (fault is { Stall: true })
            limit = Math.Min(limit, Math.Min(StalledBytes, answer.Body.Length / 2));

        if (limit < answer.Body.Length || fault is { Stall: true })
            await response.StartAsync(stopping);
        await CopyAsync(context, answer.Body, limit, stopping);

        if (fault is { Stall: true })
            await Connection.HoldAsync(context, stopping);
        else if (limit < answer.Body.Length)
            await Connection.CloseAsync(context, stopping);
    }

    private async Task CopyAsync(HttpContext context, IAnswerBody body, long limit, CancellationToken stopping)
    {
        if (limit == 0)
            return;

        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var source = body.Open();
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            var watch = Stopwatch.StartNew();
            for (long sent = 0; sent < limit;)
            {
                var wanted = (int)Math.Min(ChunkSize, limit - sent);
                var read = await source.ReadAsync(buffer.AsMemory(0, wanted), either.Token);
                if (read == 0)
                    break;
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), either.Token);
                sent += read;
                Interlocked.Add(ref _bytesSent, read);
                await PaceAsync(watch, sent, either.Token);
            }

            await context.Response.Body.FlushAsync(either.Token);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            await source.DisposeAsync();
        }
    }

    private int ChunkSize => bytesPerSecond is { } speed ? (int)Math.Clamp(speed / 20, 1, 65536) : 65536;

    private async Task PaceAsync(Stopwatch watch, long sent, CancellationToken cancellationToken)
    {
        if (bytesPerSecond is not { } speed)
            return;
        var ahead = TimeSpan.FromSeconds((double)sent / speed) - watch.Elapsed;
        if (ahead > TimeSpan.Zero)
            await Task.Delay(ahead, cancellationToken);
    }
}
