namespace PSBatchExports.Http;

/// <summary>Which failures are worth, and safe, sending again (docs/wire.md, section 15).</summary>
internal static class RetryRules
{
    // Beyond this no timer of .NET goes.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>The longest wait that is waited out where a caller allows this one.</summary>
    public static TimeSpan LongestWait(TimeSpan allowed) => allowed < LongestTimer ? allowed : LongestTimer;

    public static bool MayRepeat(Exception? failure, Repeat repeat, TimeSpan longestWait) => failure switch
    {
        ThrottledException throttled => Fits(throttled.RetryAfter, longestWait),
        ServerFailedException failed => (repeat == Repeat.Freely || CertainlyDidNothing(failed)) && Fits(failed.RetryAfter, longestWait),
        ConnectionFailedException { IsRefusedByProxy: true } => false,
        ConnectionFailedException => repeat == Repeat.Freely || CertainlyDidNothing(failure),
        RequestTimedOutException => repeat == Repeat.Freely,
        UnexpectedResponseException unexpected => unexpected.IsTransient && repeat == Repeat.Freely,
        _ => false,
    };

    public static bool CertainlyDidNothing(Exception? failure) =>
        failure is ThrottledException or ServerFailedException { Request.StatusCode: 503 } or ConnectionFailedException { NeverSent: true } or UnexpectedResponseException { IsForeign: true };

    /// <summary>Whether a failure may go away by itself although it was sent again already; a rate limit is not waited out beyond what the caller allowed.</summary>
    public static bool MayPass(Exception failure) =>
        failure is ServerFailedException or ConnectionFailedException { IsRefusedByProxy: false } or RequestTimedOutException or UnexpectedResponseException { IsTransient: true };

    public static TimeSpan? WaitAskedFor(Exception? failure) => failure switch
    {
        ThrottledException throttled => throttled.RetryAfter,
        ServerFailedException failed => failed.RetryAfter,
        _ => null,
    };

    private static bool Fits(TimeSpan? retryAfter, TimeSpan longestWait) => retryAfter is null || retryAfter <= LongestWait(longestWait);
}
