namespace PSBatchExports.Waiting;

/// <summary>An item that is waited for, and its state when it was last polled.</summary>
/// <param name="reference">Identifies the item.</param>
internal sealed class WatchedItem<TReference, T>(TReference reference) where T : class
{
    public TReference Reference => reference;

    /// <summary>The item as last polled; null if it was never seen.</summary>
    public T? Last { get; private set; }

    /// <summary>When it was last polled; the minimum value if never.</summary>
    public DateTimeOffset LookedAt { get; private set; }

    /// <summary>When a list first showed that it has ended; null if none did. How it ended may take another poll.</summary>
    public DateTimeOffset? EndedBy { get; set; }

    /// <summary>Its result so far.</summary>
    public WatchResult<TReference, T> Result => new(reference, Last, Last is null ? null : LookedAt, EndedBy is not null);

    public void Update(T polled, DateTimeOffset at)
    {
        Last = polled;
        LookedAt = at;
    }
}

/// <summary>The result of waiting for an item.</summary>
/// <param name="Reference">Identifies the item.</param>
/// <param name="Last">The item as last polled; null if it was never seen.</param>
/// <param name="LookedAt">When it was last polled; null if never.</param>
/// <param name="HasEnded">Whether it is known to have ended.</param>
internal sealed record WatchResult<TReference, T>(TReference Reference, T? Last, DateTimeOffset? LookedAt, bool HasEnded)
    where T : class
{
    /// <summary>Whether everything was read that is reported of an item that has ended.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Why it could not be polled; null if it could.</summary>
    public Exception? Failure { get; init; }
}
