using PSBatchExports.Files.Disk;
using PSBatchExports.Manifests;

namespace PSBatchExports;

/// <summary>The files of on-demand runs as text that another program reads.</summary>
public sealed class FileManifest
{
    private FileManifest(string text, Manifest manifest) =>
        (Text, HasUrls, ExpiresAt) = (text, manifest.HasUrls, manifest.ExpiresAt);

    /// <summary>The text. It is a secret while it has URLs that are valid.</summary>
    public string Text { get; }

    /// <summary>Whether the text has signed URLs.</summary>
    public bool HasUrls { get; }

    /// <summary>When the first of the URLs expires; null if there is none, or if none says.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>Creates the text. Saved files are unpacked first if that is asked for.</summary>
    /// <param name="files">Each a <see cref="SavedBatchExportFile"/>, or a <see cref="BatchExportFile"/> with its URL.</param>
    /// <param name="options">What reads it.</param>
    /// <param name="cancellationToken">Stops reading and unpacking.</param>
    /// <exception cref="ManifestException">The files cannot be handed over in this form.</exception>
    /// <exception cref="FileSaveException">A file cannot be read or unpacked.</exception>
    public static FileManifest Create(
        IReadOnlyList<ServiceObject> files, ManifestOptions options, CancellationToken cancellationToken = default)
    {
        var manifest = new ManifestBuilder(options).Build(files, cancellationToken);
        ManifestRules.Check(manifest, options.Form);
        return new FileManifest(Write(manifest, options.Form, Path.GetDirectoryName(options.Path)), manifest);
    }

    /// <summary>
    /// Checks that a manifest may have a name, without writing anything. Its folder may be created later, by the command that saves the
    /// files.
    /// </summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="FileSaveException">The file exists, or the path is that of a folder.</exception>
    public static void CheckPath(string path, bool overwrite) => TextFile.CheckName(path, overwrite);

    /// <summary>Saves the text, which is complete or not there. With URLs in it, only its owner may read it.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="FileSaveException">The file exists, or cannot be written.</exception>
    public void Save(string path, bool overwrite) => TextFile.Save(path, overwrite, output => output.Write(Text), HasUrls);

    /// <param name="manifest">The manifest.</param>
    /// <param name="form">What reads it.</param>
    /// <param name="folder">The folder that paths in JSON are relative to; null for full paths.</param>
    internal static string Write(Manifest manifest, ManifestForm form, string? folder = null) => form switch
    {
        ManifestForm.Json => JsonManifest.Write(manifest, folder),
        ManifestForm.DuckDB => DuckDBScript.Write(manifest),
        ManifestForm.ClickHouse => ClickHouseScript.Write(manifest),
        ManifestForm.Dask => DaskScript.Write(manifest),
        ManifestForm.Spark => SparkScript.Write(manifest),
        ManifestForm.Curl => CurlConfig.Write(manifest),
        ManifestForm.Aria2 => Aria2Input.Write(manifest),
        ManifestForm.UrlList => UrlListText.Write(manifest),
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, "The form is unknown."),
    };
}
