using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Takes a name, or a script block that makes one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NewNameTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        string name => name,
        ScriptBlock script => script,
        var other => throw new ArgumentTransformationMetadataException(
            $"'{other}' is neither a name nor a script block. "
            + "Give a name for one export, or a script block such as { \"$($_.Name) copy\" }."),
    };
}
