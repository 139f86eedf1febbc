using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>
/// Converts times as <see cref="TimeArgument"/> does. Throws for other values, because the engine would silently drop a piped
/// value that does not convert.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TimeTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            return TimeArgument.From(inputData);
        }
        catch (FormatException failure)
        {
            throw new ArgumentTransformationMetadataException(failure.Message, failure);
        }
    }
}
