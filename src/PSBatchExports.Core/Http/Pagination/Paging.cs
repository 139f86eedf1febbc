namespace PSBatchExports;

/// <summary>Which part of a list is wanted. Both numbers count what is handed out.</summary>
public sealed record Paging
{
    /// <summary>Everything.</summary>
    public static readonly Paging All = new();

    /// <summary>How many to leave out at the start.</summary>
    public ulong Skip { get; init; }

    /// <summary>How many to hand out at most.</summary>
    public ulong First { get; init; } = ulong.MaxValue;

    /// <summary>How many have to be read at most.</summary>
    internal ulong Reach => First > ulong.MaxValue - Skip ? ulong.MaxValue : Skip + First;

    /// <summary>Is told the total once it is known, before the first item; null where the service does not say.</summary>
    public Func<long?, ValueTask>? OnTotal { get; init; }
}
