namespace PSBatchExports;

/// <summary>Is told what the client does. May be called from any thread; must not block. Nothing it is given holds a key, a secret or a signed URL's query.</summary>
public interface IRequestObserver
{
    /// <summary>A request is about to be sent.</summary>
    /// <param name="summary">Method and URL, fit to be shown.</param>
    /// <param name="details">Headers and body, fit to be shown; made only when asked for.</param>
    void OnRequest(string summary, Func<string> details);

    /// <summary>An answer's headers have come.</summary>
    /// <param name="summary">Status and time taken.</param>
    /// <param name="details">Headers, fit to be shown.</param>
    void OnResponse(string summary, Func<string> details);

    /// <summary>The client waits before it asks: again after a failure, or at all because another request over the same connection was throttled.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="delay">For how long.</param>
    /// <param name="until">The time at which it goes on.</param>
    void OnWait(string reason, TimeSpan delay, DateTimeOffset until);

    /// <summary>Something the caller should know although the work goes on.</summary>
    /// <param name="message">What.</param>
    void OnWarning(string message);
}
