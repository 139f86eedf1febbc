namespace PSBatchExports;

/// <summary>
/// Observes a client's requests. Called from any thread; must not block. No argument contains the key, a secret or the query of a signed
/// URL.
/// </summary>
public interface IRequestObserver
{
    /// <summary>A request is about to be sent.</summary>
    /// <param name="summary">The method and the URL, without secrets.</param>
    /// <param name="details">Formats the headers and the body, without secrets; costs nothing unless called.</param>
    void OnRequest(string summary, Func<string> details);

    /// <summary>The headers of a response have arrived.</summary>
    /// <param name="summary">The status and the time taken.</param>
    /// <param name="details">Formats the headers, without secrets.</param>
    void OnResponse(string summary, Func<string> details);

    /// <summary>
    /// The client waits before an attempt, after a failure or because another request over the same connection was throttled.
    /// </summary>
    /// <param name="reason">The reason, as a sentence.</param>
    /// <param name="delay">The length of the wait.</param>
    /// <param name="until">The end of the wait.</param>
    void OnWait(string reason, TimeSpan delay, DateTimeOffset until);

    /// <summary>A problem that does not stop the work.</summary>
    /// <param name="message">The problem, as sentences.</param>
    void OnWarning(string message);
}
