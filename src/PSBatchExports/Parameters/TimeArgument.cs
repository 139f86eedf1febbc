namespace PSBatchExports.Parameters;

/// <summary>
/// The type of parameters that take a time. PowerShell uses the conversions of this type, so that a time means the same in a
/// proxy command or a mock, which declare the parameter without its attributes.
/// </summary>
public readonly record struct TimeArgument
{
    private readonly DateTimeOffset _time;

    private TimeArgument(DateTimeOffset time) => _time = time;

    /// <summary>The time with the offset it was given with; UTC if it was given without one.</summary>
    public DateTimeOffset ToDateTimeOffset() => _time;

    /// <summary>Parses ISO 8601, UTC without an offset, or today, yesterday (midnight in UTC) or now.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text is not a time, or is ambiguous.</exception>
    public static TimeArgument Parse(string text) =>
        new(TimeText.Parse(text, TimeProvider.System.GetUtcNow()) ?? throw new FormatException("An empty text is not a time."));

    /// <summary>Converts a time with an offset.</summary>
    /// <param name="time">The time.</param>
    public static TimeArgument FromDateTimeOffset(DateTimeOffset time) => new(time);

    /// <summary>Converts a time; one of unspecified kind is UTC.</summary>
    /// <param name="time">The time.</param>
    public static TimeArgument FromDateTime(DateTime time) =>
        new(time.Kind == DateTimeKind.Unspecified ? new DateTimeOffset(time, TimeSpan.Zero) : new DateTimeOffset(time));

    /// <summary>Converts a date to its midnight in UTC.</summary>
    /// <param name="date">The date.</param>
    public static TimeArgument FromDateOnly(DateOnly date) => new(new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero));

    /// <inheritdoc cref="ToDateTimeOffset" />
    /// <param name="argument">The argument.</param>
    public static implicit operator DateTimeOffset(TimeArgument argument) => argument._time;

    /// <inheritdoc cref="FromDateTimeOffset" />
    public static implicit operator TimeArgument(DateTimeOffset time) => FromDateTimeOffset(time);

    /// <inheritdoc cref="FromDateTime" />
    public static implicit operator TimeArgument(DateTime time) => FromDateTime(time);

    /// <inheritdoc cref="FromDateOnly" />
    public static implicit operator TimeArgument(DateOnly date) => FromDateOnly(date);

    /// <summary>Converts any supported value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The time; null for null, DBNull and empty text.</returns>
    /// <exception cref="FormatException">The value is not a time.</exception>
    internal static TimeArgument? From(object? value) => PlainValues.Unwrap(value) switch
    {
        null => null,
        TimeArgument argument => argument,
        DateTimeOffset time => FromDateTimeOffset(time),
        DateTime time => FromDateTime(time),
        DateOnly date => FromDateOnly(date),
        string text => TimeText.Parse(text, TimeProvider.System.GetUtcNow()) is { } time ? FromDateTimeOffset(time) : null,
        var other => throw new FormatException(
            $"'{other}' is not a time. Write it as 2026-11-01 or 2026-11-01T12:00:00Z, or give a DateTime or DateTimeOffset."),
    };

    /// <summary>The time in ISO 8601.</summary>
    public override string ToString() => _time.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
}
