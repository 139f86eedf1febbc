using System.Runtime.ExceptionServices;
using Polly;
using Polly.Retry;
using PSBatchExports.Time;

namespace PSBatchExports.Http;

/// <summary>
/// Bounds the time of an attempt, and repeats what failed. Most calls succeed at once, so Polly is entered, and loaded, after a failure
/// only.
/// </summary>
internal sealed class ResiliencePipelines(BatchExportClientOptions options)
{
    private static readonly ResiliencePropertyKey<ApiCall> CallKey = new("PSBatchExports.Call");

    // The maximum of Polly. A wait that the server asks for may be longer.
    private static readonly TimeSpan MaxBackOff = TimeSpan.FromDays(1);

    private readonly Lazy<ResiliencePipeline> _retry = new(() => BuildRetry(options));

    public async Task<T> RetryAsync<T>(ApiCall call, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Exception first;
        try
        {
            return await work(cancellationToken);
        }
        catch (Exception failure) when (IsRepeated(call, failure))
        {
            first = failure;
        }

        return await AfterAsync(first, call, work, cancellationToken);
    }

    /// <exception cref="AttemptTimedOutException">The work was cancelled because it took too long.</exception>
    public async Task<T> WithTimeoutAsync<T>(ApiCall call, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var timeout = options.Timeout.OrLonger(call.Request.MinTimeout);
        using var timer = new CancellationTokenSource(RetryRules.MaxWait(timeout), options.TimeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            return await work(stop.Token);
        }
        catch (OperationCanceledException cancelled) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new AttemptTimedOutException(timeout, cancelled);
        }
    }

    private bool IsRepeated(ApiCall call, Exception failure) =>
        options.MaximumRetryCount > 0 && RetryRules.ShouldRetry(failure, call.Request.RetryMode, options.MaximumRetryDelay);

    // For Polly, the attempt that has failed is the first one.
    private async Task<T> AfterAsync<T>(
        Exception first, ApiCall call, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        Exception? pending = first;
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(CallKey, call);
        try
        {
            return await _retry.Value.ExecuteAsync(
                async context =>
                {
                    if (Interlocked.Exchange(ref pending, null) is { } failure)
                        ExceptionDispatchInfo.Throw(failure);

                    return await work(context.CancellationToken);
                },
                context);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ResiliencePipeline BuildRetry(BatchExportClientOptions options) =>
        new ResiliencePipelineBuilder { TimeProvider = options.TimeProvider }
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

    private static ApiCall Call(ResilienceContext context) => context.Properties.GetValue(CallKey, null!);
}

/// <summary>An attempt took longer than it may.</summary>
internal sealed class AttemptTimedOutException(TimeSpan timeout, Exception innerException)
    : Exception("The attempt took too long.", innerException)
{
    public TimeSpan Timeout { get; } = timeout;
}
