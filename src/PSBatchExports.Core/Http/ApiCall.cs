namespace PSBatchExports.Http;

/// <summary>A request with all its attempts.</summary>
internal sealed class ApiCall(ApiRequest request, IRequestObserver observer)
{
    public ApiRequest Request { get; } = request;

    /// <summary>The observer, which does not get the secrets of the body either.</summary>
    public IRequestObserver Observer { get; } = request.Body is null ? observer : new ScrubbingObserver(observer, request.Secrets);

    /// <summary>Whether the service may have processed an earlier attempt that failed.</summary>
    public bool MayAlreadyBeDone { get; private set; }

    public void RecordFailure(Exception? failure) => MayAlreadyBeDone |= !RetryRules.WasNotProcessed(failure);
}
