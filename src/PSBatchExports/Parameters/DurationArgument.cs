using System.Globalization;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>
/// A duration as a parameter takes it: a plain number is seconds. PowerShell converts to this type by what it has here, so that a number means the same
/// where a proxy command or a mock declares the parameter again; as a TimeSpan it would be hundreds of nanoseconds there.
/// </summary>
public readonly record struct DurationArgument
{
    private readonly TimeSpan _duration;

    private DurationArgument(TimeSpan duration) => _duration = duration;

    /// <summary>The duration.</summary>
    public TimeSpan ToTimeSpan() => _duration;

    /// <summary>Reads text: seconds, a number with a unit (90m, 2h, 1d), or hours:minutes:seconds.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is no duration.</exception>
    public static DurationArgument Parse(string text) => new(DurationText.Read(text));

    /// <summary>Takes a duration as it is.</summary>
    /// <param name="duration">The duration.</param>
    public static DurationArgument FromTimeSpan(TimeSpan duration) => new(duration);

    /// <summary>Takes seconds.</summary>
    /// <param name="seconds">The seconds.</param>
    /// <exception cref="FormatException">There is no duration that long.</exception>
    public static DurationArgument FromDouble(double seconds) => new(DurationText.FromSeconds(seconds, seconds));

    /// <inheritdoc cref="ToTimeSpan" />
    /// <param name="argument">The argument.</param>
    public static implicit operator TimeSpan(DurationArgument argument) => argument._duration;

    /// <inheritdoc cref="FromTimeSpan" />
    public static implicit operator DurationArgument(TimeSpan duration) => FromTimeSpan(duration);

    /// <inheritdoc cref="FromDouble" />
    public static implicit operator DurationArgument(double seconds) => FromDouble(seconds);

    /// <inheritdoc cref="FromDouble" />
    public static implicit operator DurationArgument(int seconds) => FromDouble(seconds);

    /// <summary>Any value that a duration can be read from.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="FormatException">It is no duration.</exception>
    internal static DurationArgument From(object? value) => AsTyped(value) is { } typed ? Parse(typed) : PlainValues.Unwrap(value) switch
    {
        DurationArgument argument => argument,
        TimeSpan duration => FromTimeSpan(duration),
        string text => Parse(text),
        IConvertible number when number.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal => FromDouble(number.ToDouble(CultureInfo.InvariantCulture)),
        var other => throw DurationText.Refuse(other),
    };

    // On a command line 1d and 90s are numbers with a suffix of PowerShell's own: a decimal and a short. Their text is still there.
    private static string? AsTyped(object? value) =>
        value is PSObject { BaseObject: IConvertible and not string } number && number.ToString(null, CultureInfo.InvariantCulture) is { Length: > 1 } text && char.IsLetter(text[^1])
            ? text
            : null;

    /// <summary>The duration as days.hours:minutes:seconds.</summary>
    public override string ToString() => _duration.ToString("c", CultureInfo.InvariantCulture);
}
