using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Reads one day of the week by its English name or its number, Sunday being 0, with nothing for an empty text.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DayOfWeekTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        null => null,
        DayOfWeek day => day,
        string text when string.IsNullOrWhiteSpace(text) => null,
        string text when Enum.GetNames<DayOfWeek>().FirstOrDefault(name => name.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase)) is { } name => Enum.Parse<DayOfWeek>(name),
        var value when WholeNumbers.Read(value) is { } number and >= 0 and <= 6 => (DayOfWeek)number,
        var other => throw new ArgumentTransformationMetadataException($"'{other}' is not one day of the week. Give a name such as Monday, or a number from 0 (Sunday) to 6."),
    };
}
