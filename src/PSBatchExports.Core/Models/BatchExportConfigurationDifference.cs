using PSBatchExports.Models;

namespace PSBatchExports;

/// <summary>How an export differs from its configuration file, and what would make them equal.</summary>
public sealed record BatchExportConfigurationDifference : ServiceObject
{
    /// <summary>The name of the export, as the file has it.</summary>
    public required string Name { get; init; }

    /// <summary>What is to be done.</summary>
    public required ConfigurationChange Change { get; init; }

    /// <summary>The values that differ; for an export to be created, those of the file that are not at their defaults.</summary>
    public IReadOnlyList<BatchExportConfigurationField> Field { get; init; } = [];

    /// <summary>The export's UUID; null if it is to be created.</summary>
    public string? BatchExportId { get; init; }

    /// <summary>The full path of the file; null for an export without one.</summary>
    public string? File { get; init; }

    /// <summary>The project's number; null if neither the response nor the request had it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>What is to be written; null for an export to be removed, and in a difference that was serialized.</summary>
    internal object? Desired { get; init; }

    /// <summary>The export as it was compared; null for one to be created, and in a difference that was serialized.</summary>
    internal BatchExport? Compared { get; init; }

    /// <summary>"Update nightly".</summary>
    public override string ToString() => $"{Change} {Name}";
}

/// <summary>What makes an export equal to its configuration.</summary>
public enum ConfigurationChange
{
    /// <summary>The project has no export of that name.</summary>
    Create,

    /// <summary>Values differ.</summary>
    Update,

    /// <summary>The type or the model differs, which cannot be changed.</summary>
    Replace,

    /// <summary>No file describes the export.</summary>
    Remove,

    /// <summary>Nothing.</summary>
    Equal,
}

/// <summary>A value that differs.</summary>
/// <param name="Path">Where it is in the file, such as destination.config.prefix or filters[0].value.</param>
/// <param name="Current">The value of the export; null for none.</param>
/// <param name="Desired">The value of the file; null for none.</param>
public sealed record BatchExportConfigurationField(string Path, object? Current, object? Desired)
{
    /// <summary>"interval: hour -> day".</summary>
    public override string ToString() => $"{Path}: {ConfigurationValueText.Of(Current, Desired)}";
}
