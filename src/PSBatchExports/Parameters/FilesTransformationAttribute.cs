using System.Collections;
using System.Management.Automation;

namespace PSBatchExports.Parameters;

/// <summary>Takes saved files, listed files, and objects with a list of saved files as Files.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilesTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => FilesOf(inputData).ToArray();

    private static IEnumerable<ServiceObject> FilesOf(object? value)
    {
        switch (PlainValues.Unwrap(value))
        {
            case null:
                return [];
            case ServiceObject file and (SavedBatchExportFile or BatchExportFile):
                return [file];
            case IEnumerable list and not (string or IDictionary):
                return list.Cast<object?>().SelectMany(FilesOf);
            case BatchExportRun run:
                throw Refuse($"A run is not a file. Save it: Get-BatchExportRun -OnDemand {run.RunId} | Save-BatchExportFile.");
            default:
                // The base of a custom object has no properties.
                return PSObject.AsPSObject(value!).Properties["Files"]?.Value is IEnumerable files and not string
                    ? FilesOf(files)
                    : throw Refuse(
                        $"'{value}' is not a file. Give what Save-BatchExportFile or Get-BatchExportFile -IncludeUrl returns.");
        }
    }

    private static ArgumentTransformationMetadataException Refuse(string message) => new(message);
}
