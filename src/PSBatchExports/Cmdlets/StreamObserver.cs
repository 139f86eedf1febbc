using PSBatchExports.Async;
using PSBatchExports.Views;

namespace PSBatchExports.Cmdlets;

/// <summary>Writes requests, responses and retries to the verbose, debug and warning streams.</summary>
internal sealed class StreamObserver : IRequestObserver
{
    private static readonly TimeSpan WarningThreshold = TimeSpan.FromSeconds(3);

    private AsyncPipeline? _pipeline;

    /// <summary>Sets the pipeline to write to.</summary>
    public void Attach(AsyncPipeline pipeline) => Volatile.Write(ref _pipeline, pipeline);

    public void OnRequest(string summary, Func<string> details)
    {
        var pipeline = Volatile.Read(ref _pipeline);
        pipeline?.WriteVerbose(summary);
        Debug(pipeline, details);
    }

    public void OnResponse(string summary, Func<string> details)
    {
        var pipeline = Volatile.Read(ref _pipeline);
        pipeline?.OnResponse?.Invoke();
        pipeline?.WriteVerbose(summary);
        Debug(pipeline, details);
    }

    public void OnWait(string reason, TimeSpan delay, DateTimeOffset until)
    {
        var end = ClockTime.Describe(until, TimeProvider.System.GetUtcNow());
        var text = FormattableString.Invariant($"{reason} Trying again in {delay.TotalSeconds:0.#} s, at {end} local time.");
        var pipeline = Volatile.Read(ref _pipeline);
        if (delay >= WarningThreshold)
            pipeline?.WriteWarning(text);
        else
            pipeline?.WriteVerbose(text);
    }

    public void OnWarning(string message) => Volatile.Read(ref _pipeline)?.WriteWarning(message);

    private static void Debug(AsyncPipeline? pipeline, Func<string> details)
    {
        if (pipeline is { WantsDebug: true })
            pipeline.WriteDebug(details());
    }
}
