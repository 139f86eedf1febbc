using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>
/// Takes a project as it was read, or deserialized. Other pipeline input does not bind here; the engine would make a project of a row that
/// names an export and its project.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ProjectObjectTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => PlainValues.Unwrap(inputData) switch
    {
        null => null,
        BatchExportProject project => project,
        _ when Number(inputData) is { } number => new BatchExportProject { ProjectId = number },
        var other => throw new ArgumentTransformationMetadataException(
            $"'{other}' is not a project. Give what Get-BatchExportProject returns.", new PSInvalidCastException()),
    };

    private static int? Number(object value)
    {
        var isProject = value is PSObject bag
            && bag.TypeNames.Contains($"Deserialized.{typeof(BatchExportProject).FullName}", StringComparer.Ordinal);
        return isProject ? WholeNumbers.Read(PlainValues.Unwrap(((PSObject)value).Properties["ProjectId"]?.Value)) : null;
    }
}
