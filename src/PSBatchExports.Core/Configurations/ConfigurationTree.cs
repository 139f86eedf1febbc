namespace PSBatchExports.Configurations;

/// <summary>
/// The JSON files in a folder and the folders in it. Names that begin with a dot are those of editors and of git, and are left out.
/// Links to folders are followed, but no folder is read twice.
/// </summary>
internal static class ConfigurationTree
{
    private static readonly EnumerationOptions All = new()
    {
        MatchCasing = MatchCasing.CaseInsensitive,
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
    };

    public static IEnumerable<string> FilesIn(string folder) =>
        FilesIn(new DirectoryInfo(folder), RealPath(folder), new HashSet<string>(StringComparer.Ordinal));

    private static IEnumerable<string> FilesIn(DirectoryInfo folder, string realPath, HashSet<string> read)
    {
        if (!read.Add(realPath))
            yield break;

        foreach (var file in folder.EnumerateFiles("*.json", All).Where(IsVisible))
            yield return file.FullName;

        foreach (var inner in folder.EnumerateDirectories("*", All).Where(IsVisible).OrderBy(inner => inner.Name, StringComparer.Ordinal))
        {
            var realInner = inner.LinkTarget is null ? Path.Combine(realPath, inner.Name) : RealPath(inner.FullName);
            foreach (var file in FilesIn(inner, realInner, read))
                yield return file;
        }
    }

    private static bool IsVisible(FileSystemInfo entry) => !entry.Name.StartsWith('.');

    /// <summary>The path without links.</summary>
    private static string RealPath(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
            return path;

        var real = Path.Combine(RealPath(parent), Path.GetFileName(path));
        return Directory.ResolveLinkTarget(real, returnFinalTarget: true) is { } target ? RealPath(target.FullName) : real;
    }
}
