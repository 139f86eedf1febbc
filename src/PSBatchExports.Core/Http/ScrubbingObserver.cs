using PSBatchExports.Secrets;

namespace PSBatchExports.Http;

/// <summary>Forwards everything to another observer, without secrets.</summary>
internal sealed class ScrubbingObserver(IRequestObserver observer, SecretScrubber secrets) : IRequestObserver
{
    public void OnRequest(string summary, Func<string> details) =>
        observer.OnRequest(secrets.Hide(summary), () => secrets.Hide(details()));

    public void OnResponse(string summary, Func<string> details) =>
        observer.OnResponse(secrets.Hide(summary), () => secrets.Hide(details()));

    public void OnWait(string reason, TimeSpan delay, DateTimeOffset until) => observer.OnWait(secrets.Hide(reason), delay, until);

    public void OnWarning(string message) => observer.OnWarning(secrets.Hide(message));
}
