using System.Globalization;
using System.Runtime.InteropServices;

namespace PSBatchExports;

/// <summary>A half-open span of time, in UTC.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TimeRange
{
    /// <param name="start">The start, inclusive.</param>
    /// <param name="end">The end, exclusive; not before <paramref name="start"/>.</param>
    /// <exception cref="ArgumentException">The end is before the start.</exception>
    public TimeRange(DateTimeOffset start, DateTimeOffset end)
    {
        if (end < start)
            throw new ArgumentException($"The end, {end:u}, is before the start, {start:u}.", nameof(end));

        Start = start.ToUniversalTime();
        End = end.ToUniversalTime();
    }

    /// <summary>The start, inclusive.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>The end, exclusive.</summary>
    public DateTimeOffset End { get; }

    /// <summary>The time from start to end.</summary>
    public TimeSpan Length => End - Start;

    /// <summary>Whether no time is in it.</summary>
    public bool IsEmpty => End == Start;

    /// <summary>Whether both have time in common.</summary>
    /// <param name="other">Another range.</param>
    public bool Overlaps(TimeRange other) => Start < other.End && other.Start < End;

    /// <summary>The time that both have in common; empty if there is none.</summary>
    /// <param name="other">Another range.</param>
    public TimeRange Intersect(TimeRange other)
    {
        var start = Start > other.Start ? Start : other.Start;
        var end = End < other.End ? End : other.End;
        return start < end ? new TimeRange(start, end) : default;
    }

    /// <summary>"2026-11-01 00:00:00Z to 2026-11-02 00:00:00Z".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Start:u} to {End:u}");
}
