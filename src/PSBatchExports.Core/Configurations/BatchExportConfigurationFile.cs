namespace PSBatchExports;

/// <summary>The file of an export.</summary>
public sealed class BatchExportConfigurationFile
{
    private readonly Func<string, string> _write;

    internal BatchExportConfigurationFile(BatchExport export, Func<string, string> write, IReadOnlyList<string> leftOut) =>
        (Name, BatchExportId, _write, LeftOut) = (export.Name ?? "", export.Id, write, leftOut);

    /// <summary>The name of the export.</summary>
    public string Name { get; }

    /// <summary>The id of the export; null if the service gave none.</summary>
    public string? BatchExportId { get; }

    /// <summary>The settings of a newer service that are not in it.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>The text of the file.</summary>
    /// <param name="schema">The path of the schema, from the file.</param>
    public string TextWith(string schema) => _write(schema);
}
