using System.Globalization;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Reads a time span, a plain number being seconds.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecondsTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        TimeSpan span => span,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) => TimeSpan.FromSeconds(seconds),
        string text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) => span,
        IConvertible number when number.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal => TimeSpan.FromSeconds(number.ToDouble(CultureInfo.InvariantCulture)),
        var other => throw new ArgumentTransformationMetadataException($"'{other}' is not a time span. Give seconds, or hours:minutes:seconds."),
    };
}
