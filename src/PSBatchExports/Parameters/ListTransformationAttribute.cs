using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Takes a list of values that go to the wire, or one of them. Throws where one cannot be sent, because the engine would drop a piped value that does not convert.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.From(inputData) switch
    {
        null => null,
        object?[] list => list,
        var one => new[] { one },
    };
}
