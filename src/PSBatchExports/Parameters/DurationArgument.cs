using System.Globalization;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>
/// The type of parameters that take a duration; a plain number is seconds. PowerShell uses the conversions of this type, so that
/// a number means the same in a proxy command or a mock, which declare the parameter without its attributes. As a TimeSpan it
/// would be ticks there.
/// </summary>
public readonly record struct DurationArgument
{
    private readonly TimeSpan _duration;

    private DurationArgument(TimeSpan duration) => _duration = duration;

    /// <summary>The duration.</summary>
    public TimeSpan ToTimeSpan() => _duration;

    /// <summary>Parses seconds, a number with a unit (90m, 2h, 1d), or hours:minutes:seconds.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The value is not a duration.</exception>
    public static DurationArgument Parse(string text) => new(DurationText.Parse(text));

    /// <summary>Converts a time span.</summary>
    /// <param name="duration">The duration.</param>
    public static DurationArgument FromTimeSpan(TimeSpan duration) => new(duration);

    /// <summary>Converts seconds.</summary>
    /// <param name="seconds">The seconds.</param>
    /// <exception cref="FormatException">The duration is too long.</exception>
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

    /// <summary>Converts any supported value.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="FormatException">The value is not a duration.</exception>
    internal static DurationArgument From(object? value) => PlainValues.Unwrap(value) switch
    {
        _ when TextOfLiteral(value) is { } text => Parse(text),
        DurationArgument argument => argument,
        TimeSpan duration => FromTimeSpan(duration),
        string text => Parse(text),
        IConvertible number when IsNumber(number) => FromDouble(number.ToDouble(CultureInfo.InvariantCulture)),
        var other => throw DurationText.Refuse(other),
    };

    private static bool IsNumber(IConvertible value) => value.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal;

    // On a command line, 1d and 90s are number literals with a type suffix: a decimal and a short. The PSObject still has their text.
    private static string? TextOfLiteral(object? value)
    {
        if (value is not PSObject { BaseObject: IConvertible and not string } number)
            return null;

        var text = number.ToString(format: null, CultureInfo.InvariantCulture);
        return text.Length > 1 && char.IsLetter(text[^1]) ? text : null;
    }

    /// <summary>The duration as days.hours:minutes:seconds.</summary>
    public override string ToString() => _duration.ToString("c", CultureInfo.InvariantCulture);
}
