namespace PSBatchExports.Configurations;

/// <summary>The configuration files of a folder and the folders in it, or a single file.</summary>
internal sealed class ConfigurationFolder
{
    /// <summary>The end of the names of overlays, which are no configurations.</summary>
    public const string OverlayEnding = ".overlay.json";

    /// <summary>The end of the names of schemas, which are no configurations.</summary>
    public const string SchemaEnding = ".schema.json";

    private ConfigurationFolder(IReadOnlyList<DesiredConfiguration> exports, IReadOnlyList<Exception> failures, bool isFolder) =>
        (Exports, Failures, IsFolder) = (exports, failures, isFolder);

    /// <summary>What the files say, by name.</summary>
    public IReadOnlyList<DesiredConfiguration> Exports { get; }

    /// <summary>Why some files cannot be used.</summary>
    public IReadOnlyList<Exception> Failures { get; }

    public bool IsFolder { get; }

    /// <param name="path">The full path of a folder or file.</param>
    /// <param name="overlayFile">The full path of the overlay; null for none.</param>
    /// <exception cref="ConfigurationFileException">The overlay cannot be used, or a folder cannot be read.</exception>
    /// <exception cref="ConfigurationException">The folder holds no configuration.</exception>
    public static ConfigurationFolder Read(string path, string? overlayFile)
    {
        var isFolder = Directory.Exists(path);
        var overlay = overlayFile is null ? null : ConfigurationOverlay.Read(overlayFile);
        var files = isFolder ? FilesIn(path, overlayFile) : [path];
        if (files.Length == 0)
            throw new ConfigurationException($"'{path}' holds no configuration files (*.json).", ConfigurationFailure.FolderEmpty);

        var failures = new List<Exception>();
        var exports = new List<DesiredConfiguration>();
        foreach (var file in files)
        {
            try
            {
                var text = ConfigurationText.Read(file);
                text = overlay?.Apply(text) ?? text;
                var problems = ConfigurationShape.Check(text);
                failures.AddRange(problems.Select(problem => problem.ToException()));
                if (problems.Count == 0)
                    exports.Add(DesiredConfiguration.From(text));
            }
            catch (ConfigurationFileException failure)
            {
                failures.Add(failure);
            }
        }

        if (isFolder && overlay is not null)
            failures.AddRange(overlay.Unused().Select(problem => problem.ToException()));

        return new(Unique(exports, failures), failures, isFolder);
    }

    /// <summary>The configuration files in a folder and the folders in it.</summary>
    /// <exception cref="ConfigurationFileException">One of the folders cannot be read.</exception>
    public static string[] FilesIn(string folder, string? overlayFile)
    {
        try
        {
            return
            [
                .. ConfigurationTree.FilesIn(folder)
                    .Where(file => !IsOther(file) && file != overlayFile)
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationFileException(folder, failure);
        }
    }

    /// <summary>Whether a file has the name of an overlay or a schema.</summary>
    public static bool IsOther(string file) =>
        file.EndsWith(SchemaEnding, StringComparison.OrdinalIgnoreCase) || file.EndsWith(OverlayEnding, StringComparison.OrdinalIgnoreCase);

    private static List<DesiredConfiguration> Unique(List<DesiredConfiguration> exports, List<Exception> failures)
    {
        var unique = new List<DesiredConfiguration>();
        var byName = exports.GroupBy(export => export.Name, StringComparer.Ordinal);
        foreach (var named in byName.OrderBy(named => named.Key, StringComparer.Ordinal))
        {
            if (named.ToArray() is [var only])
            {
                unique.Add(only);
                continue;
            }

            var files = string.Join(", ", named.Select(export => $"'{export.File}'"));
            failures.Add(new ConfigurationException(
                $"Several files have the name '{DisplayText.Clean(named.Key)}': {files}.", ConfigurationFailure.NameNotUnique));
        }

        return unique;
    }
}
