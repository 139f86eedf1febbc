using System.Collections;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Converts connections, or objects that were read over some. Other pipeline input does not bind.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConnectionsTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly ConnectionTransformationAttribute One = new();

    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        null => null,
        IEnumerable list and not (string or IDictionary) =>
            list.Cast<object>().Select(item => (BatchExportConnection?)One.Transform(engineIntrinsics, item)).ToArray(),
        _ => new[] { (BatchExportConnection)One.Transform(engineIntrinsics, inputData)! },
    };
}
