using PSBatchExports.Configurations;
using PSBatchExports.Files.Disk;

namespace PSBatchExports;

/// <summary>
/// Saves configuration files into a folder. A file that is there keeps its place, wherever it is in the folder; another is named after its
/// export.
/// </summary>
/// <param name="folder">The full path of the folder, which is created if it does not exist.</param>
/// <param name="overwrite">Whether existing files may be replaced.</param>
public sealed class ConfigurationFolderWriter(string folder, bool overwrite)
{
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);
    private bool _isRead;
    private bool _hasSchema;

    /// <summary>The full path of the file of an export.</summary>
    /// <param name="named">The exports of one name.</param>
    /// <exception cref="ConfigurationException">There are several, or several files have their name.</exception>
    /// <exception cref="FileSaveException">The file exists.</exception>
    public string PathOf(IReadOnlyList<BatchExportConfigurationFile> named)
    {
        var name = named[0].Name;
        if (named.Count > 1)
        {
            throw new ConfigurationException(
                FormattableString.Invariant($"{named.Count} exports have the name '{DisplayText.Clean(name)}': ")
                + $"{string.Join(", ", named.Select(file => file.BatchExportId))}. Rename all but one.",
                ConfigurationFailure.NameNotUnique);
        }

        Read();
        if (!_files.TryGetValue(name, out var path))
            path = Free(FileName.For(name));

        TextFile.CheckName(path, overwrite);
        return path;
    }

    /// <summary>Writes the file, and the schema beside it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">What <see cref="PathOf"/> returned.</param>
    /// <exception cref="FileSaveException">The file cannot be written.</exception>
    public void Save(BatchExportConfigurationFile file, string path)
    {
        FileSystemErrors.CreateFolder(LocalDisk.Instance, folder);
        if (!_hasSchema)
        {
            TextFile.Save(SchemaFile, overwrite: true, writer => writer.Write(ConfigurationSchema.Text()));
            _hasSchema = true;
        }

        TextFile.Save(path, overwrite, writer => writer.Write(file.TextWith(SchemaFrom(path))));
        _files[file.Name] = path;
        _taken.Add(path);
    }

    private string SchemaFile => Path.Combine(folder, ConfigurationSchema.FileName);

    private string SchemaFrom(string path)
    {
        var relative = Path.GetRelativePath(Path.GetDirectoryName(path)!, SchemaFile).Replace('\\', '/');
        return relative.StartsWith('.') ? relative : $"./{relative}";
    }

    private void Read()
    {
        if (_isRead || !Directory.Exists(folder))
            return;

        foreach (var file in ConfigurationFolder.FilesIn(folder, overlayFile: null))
        {
            _taken.Add(file);
            try
            {
                if (ConfigurationText.Read(file).Values.GetValueOrDefault(ConfigurationKey.ExportName) is string name)
                    _files.TryAdd(name.Trim(), file);
            }
            catch (ConfigurationFileException)
            {
                // What is no configuration keeps its place, too.
            }
        }

        _isRead = true;
    }

    private string Free(string fileName)
    {
        var path = Path.Combine(folder, $"{fileName}.json");
        for (var number = 2; _taken.Contains(path); number++)
            path = Path.Combine(folder, FormattableString.Invariant($"{fileName}-{number}.json"));

        return path;
    }
}
