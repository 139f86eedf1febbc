namespace PSBatchExports.Emulator.Hosting;

/// <summary>Handles the requests of one origin: records them and injects faults.</summary>
internal sealed class RequestPipeline(
    string origin,
    RequestLog log,
    FaultPlan faults,
    ResponseWriter writer,
    TimeProvider clock,
    TimeProvider wireClock,
    TimeSpan latency,
    RequestHandler handler,
    CancellationToken stopping)
{
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RespondAsync(context, await EmulatorRequest.ReadAsync(context, clock));
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private async Task RespondAsync(HttpContext context, EmulatorRequest request)
    {
        var fault = faults.Take(origin, request.Method, request.Path);
        var delay = latency + (fault?.Delay ?? TimeSpan.Zero);
        if (delay > TimeSpan.Zero)
            await DelayAsync(context, delay);

        if (fault is { Reset: true })
        {
            log.Add(request.ToRecord(0));
            Connection.Reset(context);
            return;
        }

        if (fault is { StallHeaders: true })
        {
            log.Add(request.ToRecord(0));
            await Connection.HoldAsync(context, stopping);
            return;
        }

        var response = await ProcessAsync(request, fault);
        if (fault is { ResetAfterProcessing: true })
        {
            log.Add(request.ToRecord(0));
            Connection.Reset(context);
            return;
        }

        log.Add(request.ToRecord(response.Status));
        await writer.WriteAsync(context, response, fault, stopping);
    }

    private async Task<EmulatorResponse> ProcessAsync(EmulatorRequest request, Fault? fault)
    {
        if (fault is not { Status: not null })
            return await handler(fault is { IgnoreRange: true } ? request.WithoutHeader("Range") : request, stopping);

        if (fault.ProcessFirst)
            await handler(request, stopping);
        return FakedResponse(fault);
    }

    private static EmulatorResponse FakedResponse(Fault fault)
    {
        var body = fault.Body ?? "";
        var contentType = fault.ContentType ?? (body.Length == 0 ? null : "application/json");
        var response = EmulatorResponse.Text(fault.Status!.Value, contentType, body);
        foreach (var (name, value) in fault.Headers ?? [])
            response.WithHeader(name, value);
        return response;
    }

    private async Task DelayAsync(HttpContext context, TimeSpan delay)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await Task.Delay(delay, wireClock, linked.Token);
    }
}
