using Polly;
using Polly.Retry;
using Polly.Timeout;
using PSBatchExports.Time;

namespace PSBatchExports.Http;

/// <summary>The two Polly pipelines of a client: retries, and the timeout of an attempt.</summary>
internal sealed class ResiliencePipelines
{
    private static readonly ResiliencePropertyKey<ApiCall> CallKey = new("PSBatchExports.Call");

    // The maximum of Polly. A wait that the server asks for may be longer.
    private static readonly TimeSpan MaxBackOff = TimeSpan.FromDays(1);

    private readonly ResiliencePipeline _retry;
    private readonly ResiliencePipeline _attempt;

    public ResiliencePipelines(BatchExportClientOptions options)
    {
        _retry = BuildRetry(options);
        _attempt = new ResiliencePipelineBuilder { TimeProvider = options.TimeProvider }
            .AddTimeout(new TimeoutStrategyOptions
            {
                TimeoutGenerator = args => ValueTask.FromResult(options.Timeout.OrLonger(Call(args.Context).Request.MinTimeout)),
            })
            .Build();
    }

    public Task<T> RetryAsync<T>(ApiCall call, Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        RunAsync(_retry, call, work, cancellationToken);

    public Task<T> WithTimeoutAsync<T>(ApiCall call, Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        RunAsync(_attempt, call, work, cancellationToken);

    private static async Task<T> RunAsync<T>(
        ResiliencePipeline pipeline, ApiCall call, Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(CallKey, call);
        try
        {
            return await pipeline.ExecuteAsync(static (context, work) => work(context.CancellationToken), context, work);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ResiliencePipeline BuildRetry(BatchExportClientOptions options)
    {
        if (options.MaximumRetryCount <= 0)
            return ResiliencePipeline.Empty;

        return new ResiliencePipelineBuilder { TimeProvider = options.TimeProvider }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.MaximumRetryCount,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.MaximumRetryDelay.OrShorter(TimeSpan.FromSeconds(1)),
                MaxDelay = options.MaximumRetryDelay.OrShorter(MaxBackOff),
                ShouldHandle = args =>
                {
                    var mode = Call(args.Context).Request.RetryMode;
                    return ValueTask.FromResult(RetryRules.ShouldRetry(args.Outcome.Exception, mode, options.MaximumRetryDelay));
                },
                DelayGenerator = args => ValueTask.FromResult(RetryRules.RequestedDelay(args.Outcome.Exception)),
                OnRetry = args =>
                {
                    var call = Call(args.Context);
                    call.RecordFailure(args.Outcome.Exception);
                    var until = options.TimeProvider.GetUtcNow().Shift(args.RetryDelay);
                    call.Observer.OnWait(args.Outcome.Exception!.Message, args.RetryDelay, until);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    private static ApiCall Call(ResilienceContext context) => context.Properties.GetValue(CallKey, null!);
}
