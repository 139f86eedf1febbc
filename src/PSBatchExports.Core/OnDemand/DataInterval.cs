using System.Runtime.InteropServices;

namespace PSBatchExports;

/// <summary>The data interval of an on-demand run: half-open, and at most seven days long (docs/wire.md, section 13).</summary>
/// <param name="Start">Start, inclusive; null if it was not given.</param>
/// <param name="End">End, exclusive; null if it was not given.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DataInterval(DateTimeOffset? Start, DateTimeOffset? End)
{
    /// <summary>The longest interval that a run takes, in elapsed time; for all models but hogql.</summary>
    public static TimeSpan MaxLength { get; } = TimeSpan.FromDays(7);

    /// <summary>Whether a bound is missing.</summary>
    public bool IsOpen => Start is null || End is null;

    /// <summary>The interval of a length: from its start, else back from its end, else back from now.</summary>
    /// <param name="length">The length.</param>
    /// <param name="start">The start; null if it follows from the end.</param>
    /// <param name="end">The end; null for now, or if it follows from the start.</param>
    /// <param name="now">The current time.</param>
    public static DataInterval OfLength(TimeSpan length, DateTimeOffset? start, DateTimeOffset? end, DateTimeOffset now) =>
        start is { } from ? new DataInterval(from, from + length) : new DataInterval((end ?? now) - length, end ?? now);

    /// <summary>Why it is too long for a run; null if it is not. Seven local days are an hour too long where the clocks go back.</summary>
    public string? LengthError()
    {
        if (Start is not { } start || End is not { } end || end - start <= MaxLength)
            return null;

        var bounds = FormattableString.Invariant($"from {start:yyyy-MM-dd HH:mm zzz} to {end:yyyy-MM-dd HH:mm zzz}");
        var change = start.Offset - end.Offset;
        var hours = FormattableString.Invariant($"{change.TotalHours:0.#} h");
        var reason = change > TimeSpan.Zero && end - start - change <= MaxLength
            ? $" The clocks change in it, which makes it {hours} longer than the days that it spans."
            : "";
        return $"The data {bounds} spans more than seven days, which is the most that a run takes.{reason}";
    }
}
