namespace PSBatchExports;

/// <summary>Which part of a list to return. Both numbers count returned items, so after any filter.</summary>
public sealed record Paging
{
    /// <summary>The whole list.</summary>
    public static readonly Paging All = new();

    /// <summary>How many items to skip.</summary>
    public ulong Skip { get; init; }

    /// <summary>The maximum number of items to return.</summary>
    public ulong First { get; init; } = ulong.MaxValue;

    /// <summary>
    /// Called once, before the first item, with the length of the list; null if the service does not say. Null to not be called.
    /// </summary>
    public Func<long?, ValueTask>? OnTotal { get; init; }

    /// <summary>The maximum number of items to read, the skipped ones included.</summary>
    internal ulong MaxRead => First > ulong.MaxValue - Skip ? ulong.MaxValue : Skip + First;
}
