using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Converts durations as <see cref="DurationArgument"/> does.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            return DurationArgument.From(inputData);
        }
        catch (FormatException failure)
        {
            throw new ArgumentTransformationMetadataException(failure.Message, failure);
        }
    }
}
