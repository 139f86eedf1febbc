namespace PSBatchExports.Parameters;

/// <summary>
/// A time as a parameter takes it. PowerShell converts to this type by what it has here, so that a time means the same where a proxy command or a mock
/// declares the parameter again, without its attributes.
/// </summary>
public readonly record struct TimeArgument
{
    private readonly DateTimeOffset _time;

    private TimeArgument(DateTimeOffset time) => _time = time;

    /// <summary>The time, with the offset with which it was written; UTC where it was written without one.</summary>
    public DateTimeOffset ToDateTimeOffset() => _time;

    /// <summary>Reads text: ISO 8601, without an offset UTC; today, yesterday (midnight in UTC) or now.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is no time, or its day and month cannot be told apart.</exception>
    public static TimeArgument Parse(string text) =>
        new(TimeText.Read(text, TimeProvider.System.GetUtcNow()) ?? throw new FormatException("An empty text is not a time."));

    /// <summary>Takes a time with its offset.</summary>
    /// <param name="time">The time.</param>
    public static TimeArgument FromDateTimeOffset(DateTimeOffset time) => new(time);

    /// <summary>Takes a time: the instant of a local one, UTC where its kind is not specified.</summary>
    /// <param name="time">The time.</param>
    public static TimeArgument FromDateTime(DateTime time) =>
        new(time.Kind == DateTimeKind.Unspecified ? new DateTimeOffset(time, TimeSpan.Zero) : new DateTimeOffset(time));

    /// <summary>Takes a date: its midnight in UTC.</summary>
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

    /// <summary>Any value that a time can be read from.</summary>
    /// <param name="value">The value; null, an empty text and the null of a database for none.</param>
    /// <returns>The time; null for none.</returns>
    /// <exception cref="FormatException">It is no time.</exception>
    internal static TimeArgument? From(object? value) => PlainValues.Unwrap(value) switch
    {
        null => null,
        TimeArgument argument => argument,
        DateTimeOffset time => FromDateTimeOffset(time),
        DateTime time => FromDateTime(time),
        DateOnly date => FromDateOnly(date),
        string text => TimeText.Read(text, TimeProvider.System.GetUtcNow()) is { } time ? FromDateTimeOffset(time) : null,
        var other => throw new FormatException(
            $"'{other}' is not a time. Write it as 2026-11-01 or 2026-11-01T12:00:00Z, or give a DateTime or DateTimeOffset."),
    };

    /// <summary>The time in ISO 8601.</summary>
    public override string ToString() => _time.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
}
