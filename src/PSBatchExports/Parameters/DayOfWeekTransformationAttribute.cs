using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Converts the English name of a day of the week or its number from 0 (Sunday); empty text is null.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DayOfWeekTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        null => null,
        DayOfWeek day => day,
        string text when string.IsNullOrWhiteSpace(text) => null,
        string text when FromName(text.Trim()) is { } day => day,
        var value when WholeNumbers.Read(value) is { } number and >= 0 and <= 6 => (DayOfWeek)number,
        var other => throw new ArgumentTransformationMetadataException(
            $"'{other}' is not one day of the week. Give a name such as Monday, or a number from 0 (Sunday) to 6."),
    };

    // Enum.Parse alone would accept numbers and lists, too.
    private static DayOfWeek? FromName(string text)
    {
        var name = Enum.GetNames<DayOfWeek>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name is null ? null : Enum.Parse<DayOfWeek>(name);
    }
}
