using System.Globalization;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>
/// Reads times the same way everywhere: text and times without a zone are UTC, a local time keeps its instant, culture does not matter.
/// Throws where the value is no time, because the engine would drop a piped value that does not convert.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TimeTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var time = Convert(inputData);
        if (time is { } readAs && PlainValues.Unwrap(inputData) is string text)
            AmbiguousDates.NoteIfAmbiguous(text, readAs);

        return time;
    }

    internal static DateTimeOffset? Convert(object? value) => PlainValues.Unwrap(value) switch
    {
        null => null,
        DateTimeOffset time => time,
        DateTime { Kind: DateTimeKind.Unspecified } time => new DateTimeOffset(time, TimeSpan.Zero),
        DateTime time => new DateTimeOffset(time),
        DateOnly date => new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero),
        string text when string.IsNullOrWhiteSpace(text) => null,
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && !IsNumber(text) && !AmbiguousDates.IsDotted(text) => time,
        var other => throw Refuse(other),
    };

    private static ArgumentTransformationMetadataException Refuse(object value)
    {
        AmbiguousDates.Forget();
        return new ArgumentTransformationMetadataException($"'{value}' is not a time. Write it as 2026-11-01 or 2026-11-01T12:00:00Z, or give a DateTime or DateTimeOffset.");
    }

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
