namespace PSBatchExports.Http;

/// <summary>Which failures are retried: those where a retry is safe and may help (docs/wire.md, section 15).</summary>
internal static class RetryRules
{
    // The maximum of .NET timers.
    private static readonly TimeSpan MaxTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>The maximum wait, as far as timers allow.</summary>
    public static TimeSpan MaxWait(TimeSpan allowed) => allowed < MaxTimer ? allowed : MaxTimer;

    public static bool ShouldRetry(Exception? failure, RetryMode retryMode, TimeSpan maxWait) => failure switch
    {
        ThrottledException throttled => Fits(throttled.RetryAfter, maxWait),
        ServerFailedException failed => (retryMode == RetryMode.Always || WasNotProcessed(failed)) && Fits(failed.RetryAfter, maxWait),
        ConnectionFailedException { IsRefusedByProxy: true } => false,
        ConnectionFailedException => retryMode == RetryMode.Always || WasNotProcessed(failure),
        RequestTimedOutException => retryMode == RetryMode.Always,
        UnexpectedResponseException unexpected => unexpected.IsTransient && retryMode == RetryMode.Always,
        _ => false,
    };

    /// <summary>Whether it is certain that the service did not process the request.</summary>
    public static bool WasNotProcessed(Exception? failure) => failure
        is ThrottledException
        or ServerFailedException { Request.StatusCode: 503 }
        or ConnectionFailedException { NeverSent: true }
        or UnexpectedResponseException { IsForeign: true };

    /// <summary>
    /// Whether a failure may pass by itself although retries did not help. A rate limit does not count: the caller bounds that wait.
    /// </summary>
    public static bool IsTransient(Exception failure) => failure
        is ServerFailedException
        or ConnectionFailedException { IsRefusedByProxy: false }
        or RequestTimedOutException
        or UnexpectedResponseException { IsTransient: true };

    /// <summary>The wait that the server asked for; null for none.</summary>
    public static TimeSpan? RequestedDelay(Exception? failure) => failure switch
    {
        ThrottledException throttled => throttled.RetryAfter,
        ServerFailedException failed => failed.RetryAfter,
        _ => null,
    };

    private static bool Fits(TimeSpan? retryAfter, TimeSpan maxWait) => retryAfter is null || retryAfter <= MaxWait(maxWait);
}
