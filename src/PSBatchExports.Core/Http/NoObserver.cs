namespace PSBatchExports.Http;

/// <summary>Ignores everything.</summary>
internal sealed class NoObserver : IRequestObserver
{
    public static readonly NoObserver Instance = new();

    public void OnRequest(string summary, Func<string> details) { }

    public void OnResponse(string summary, Func<string> details) { }

    public void OnWait(string reason, TimeSpan delay, DateTimeOffset until) { }

    public void OnWarning(string message) { }
}
