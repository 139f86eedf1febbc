namespace PSBatchExports.Manifests;

/// <summary>The names under which other programs save the files.</summary>
internal static class DownloadNames
{
    /// <summary>A path for each file: its name, in a folder of its run if two files have the same name.</summary>
    public static IEnumerable<(ManifestFile File, string Path)> Assign(Manifest manifest)
    {
        var areUnique = manifest.Files.DistinctBy(file => file.Name, StringComparer.OrdinalIgnoreCase).Count() == manifest.Files.Count();
        return manifest.Files.Select(file => (file, areUnique ? file.Name : $"{file.RunId}/{file.Name}"));
    }
}
