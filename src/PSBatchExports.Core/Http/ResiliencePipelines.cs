using Polly;
using Polly.Retry;
using Polly.Timeout;
using PSBatchExports.Json;

namespace PSBatchExports.Http;

/// <summary>The two Polly pipelines of a connection: sending again, and the time of one attempt.</summary>
internal sealed class ResiliencePipelines
{
    private static readonly ResiliencePropertyKey<ApiCall> CallKey = new("PSBatchExports.Call");

    // Polly refuses more. A longer wait that the server asks for is not bound by it.
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromDays(1);

    private readonly ResiliencePipeline _retry;
    private readonly ResiliencePipeline _attempt;

    public ResiliencePipelines(BatchExportClientOptions options)
    {
        _retry = BuildRetry(options);
        _attempt = new ResiliencePipelineBuilder { TimeProvider = options.TimeProvider }
            .AddTimeout(new TimeoutStrategyOptions
            {
                TimeoutGenerator = args => ValueTask.FromResult(Max(options.Timeout, Call(args.Context).Request.LeastTimeout)),
            })
            .Build();
    }

    public Task<T> RepeatAsync<T>(ApiCall call, Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        RunAsync(_retry, call, work, cancellationToken);

    public Task<T> LimitAsync<T>(ApiCall call, Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        RunAsync(_attempt, call, work, cancellationToken);

    private static async Task<T> RunAsync<T>(ResiliencePipeline pipeline, ApiCall call, Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
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
                Delay = Min(TimeSpan.FromSeconds(1), options.MaximumRetryDelay),
                MaxDelay = Min(LongestBackOff, options.MaximumRetryDelay),
                ShouldHandle = args => ValueTask.FromResult(RetryRules.MayRepeat(args.Outcome.Exception, Call(args.Context).Request.Repeat, options.MaximumRetryDelay)),
                DelayGenerator = args => ValueTask.FromResult(RetryRules.WaitAskedFor(args.Outcome.Exception)),
                OnRetry = args =>
                {
                    var call = Call(args.Context);
                    call.NoteFailure(args.Outcome.Exception);
                    var until = options.TimeProvider.GetUtcNow().Shift(args.RetryDelay);
                    call.Observer.OnWait(args.Outcome.Exception!.Message, args.RetryDelay, until);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    private static ApiCall Call(ResilienceContext context) => context.Properties.GetValue(CallKey, null!);

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}

/// <summary>One request with its attempts.</summary>
internal sealed class ApiCall(ApiRequest request, IRequestObserver observer)
{
    public ApiRequest Request { get; } = request;

    /// <summary>Is told of it, without the secrets of its body either.</summary>
    public IRequestObserver Observer { get; } = request.Body is null ? observer : new ScrubbingObserver(observer, request.Secrets);

    /// <summary>Whether an earlier attempt failed in a way that leaves open whether the service carried it out.</summary>
    public bool MayBeDoneAlready { get; private set; }

    public void NoteFailure(Exception? failure) => MayBeDoneAlready |= !RetryRules.CertainlyDidNothing(failure);
}
