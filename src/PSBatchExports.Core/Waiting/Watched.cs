namespace PSBatchExports.Waiting;

/// <summary>A thing that is waited for, and what has been seen of it.</summary>
/// <param name="reference">What tells it from the others.</param>
internal sealed class Watched<TReference, T>(TReference reference) where T : class
{
    public TReference Reference => reference;

    /// <summary>The thing as last seen; null if it was never seen.</summary>
    public T? Last { get; private set; }

    /// <summary>When it was last seen; the least time if it never was.</summary>
    public DateTimeOffset LookedAt { get; private set; }

    /// <summary>When a list first showed that it has ended; null where none did. What it ended as may take another look.</summary>
    public DateTimeOffset? EndedBy { get; set; }

    public void See(T seen, DateTimeOffset at) => (Last, LookedAt) = (seen, at);

    /// <summary>What is told of it now.</summary>
    public WatchResult<TReference, T> Result => new(reference, Last, Last is null ? null : LookedAt, EndedBy is not null);
}

/// <summary>What became of a thing that was waited for.</summary>
/// <param name="Reference">What tells it from the others.</param>
/// <param name="Last">The thing as last seen; null if it was never seen.</param>
/// <param name="LookedAt">When it was last seen; null if it never was.</param>
/// <param name="HasEnded">Whether it is known to have ended.</param>
internal sealed record WatchResult<TReference, T>(TReference Reference, T? Last, DateTimeOffset? LookedAt, bool HasEnded)
    where T : class
{
    /// <summary>Whether all is known that is told of one that has ended.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Why it could not be looked at; null where it could.</summary>
    public Exception? Failure { get; init; }
}
