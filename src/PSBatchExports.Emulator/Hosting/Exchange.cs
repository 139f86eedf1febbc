namespace PSBatchExports.Emulator.Hosting;

/// <summary>One request and its answer at one origin: recorded, and spoilt by a fault where one is due.</summary>
internal sealed class Exchange(
    string origin,
    RequestLog log,
    FaultPlan faults,
    AnswerWriter writer,
    TimeProvider clock,
    TimeSpan latency,
    Func<EmulatorRequest, CancellationToken, Task<Answer>> service,
    CancellationToken stopping)
{
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context, await EmulatorRequest.ReadAsync(context, clock));
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext context, EmulatorRequest request)
    {
        var fault = faults.Take(origin, request.Method, request.Path);
        var delay = latency + (fault?.Delay ?? TimeSpan.Zero);
        if (delay > TimeSpan.Zero)
            await DelayAsync(context, delay);

        if (fault is { Reset: true })
        {
            log.Add(request.Recorded(0));
            Connection.Reset(context);
            return;
        }

        if (fault is { StallHeaders: true })
        {
            log.Add(request.Recorded(0));
            await Connection.HoldAsync(context, stopping);
            return;
        }

        var answer = await ProcessAsync(request, fault);
        if (fault is { ResetAfterProcessing: true })
        {
            log.Add(request.Recorded(0));
            Connection.Reset(context);
            return;
        }

        log.Add(request.Recorded(answer.Status));
        await writer.WriteAsync(context, answer, fault, stopping);
    }

    private async Task<Answer> ProcessAsync(EmulatorRequest request, Fault? fault)
    {
        if (fault is not { Status: not null })
            return await service(fault is { IgnoreRange: true } ? request.Without("Range") : request, stopping);

        if (fault.ProcessFirst)
            await service(request, stopping);
        return Scripted(fault);
    }

    private static Answer Scripted(Fault fault)
    {
        var body = fault.Body ?? "";
        var answer = Answer.Text(fault.Status!.Value, fault.ContentType ?? (body.Length == 0 ? null : "application/json"), body);
        foreach (var (name, value) in fault.Headers ?? [])
            answer.With(name, value);
        return answer;
    }

    private async Task DelayAsync(HttpContext context, TimeSpan delay)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await Task.Delay(delay, either.Token);
    }
}
