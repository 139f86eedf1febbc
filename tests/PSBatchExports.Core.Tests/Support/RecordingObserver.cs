using System.Collections.Concurrent;

namespace PSBatchExports.Core.Tests;

/// <summary>Records everything a client reports, and skips announced waits.</summary>
internal sealed class RecordingObserver(TestClock clock) : IRequestObserver
{
    private int _requests;
    private int _answers;

    /// <summary>All texts, details included.</summary>
    public ConcurrentQueue<string> Words { get; } = [];

    /// <summary>Every attempt to send, with its time by the clock.</summary>
    public ConcurrentQueue<(string Method, string Path, DateTimeOffset At)> Sent { get; } = [];

    public ConcurrentQueue<(TimeSpan Delay, DateTimeOffset Until)> Waits { get; } = [];

    public ConcurrentQueue<string> Warnings { get; } = [];

    /// <summary>Whether every request has been answered.</summary>
    public bool IsIdle => Volatile.Read(ref _answers) == Volatile.Read(ref _requests);

    public bool SkipsWaits { get; set; } = true;

    /// <summary>Called before each request, with its number from 1.</summary>
    public Action<int> BeforeRequest { get; set; } = _ => { };

    public void OnRequest(string summary, Func<string> details)
    {
        BeforeRequest(Interlocked.Increment(ref _requests));
        var words = summary.Split(' ');
        Sent.Enqueue((words[0], new Uri(words[1]).AbsolutePath, clock.GetUtcNow()));
        Keep(summary, details);
    }

    public void OnResponse(string summary, Func<string> details)
    {
        Keep(summary, details);
        Interlocked.Increment(ref _answers);
    }

    public void OnWait(string reason, TimeSpan delay, DateTimeOffset until)
    {
        Words.Enqueue(reason);
        Waits.Enqueue((delay, until));
        if (SkipsWaits)
            clock.Skip(delay);
    }

    public void OnWarning(string message)
    {
        Words.Enqueue(message);
        Warnings.Enqueue(message);
    }

    private void Keep(string summary, Func<string> details)
    {
        Words.Enqueue(summary);
        Words.Enqueue(details());
    }
}
