using PSBatchExports.Ledger;

namespace PSBatchExports.Proofs;

/// <summary>The data files of folders. Ledgers, manifests and hidden files of other programs are none.</summary>
internal static class FolderContent
{
    private static readonly string[] OwnFiles = [LedgerReader.FileName, LedgerReader.LockName, ManifestReader.FileName];

    /// <summary>The files in a folder that may be taken for data, by name.</summary>
    public static IEnumerable<string> FilesIn(string folder) => Directory
        .EnumerateFiles(folder)
        .Where(path => !IsIgnored(Path.GetFileName(path)))
        .Order(StringComparer.Ordinal);

    /// <summary>The data files in and below a folder, by name.</summary>
    public static IEnumerable<string> FilesBelow(string folder) => FilesIn(folder).Concat(Subfolders(folder).SelectMany(FilesBelow));

    /// <summary>The folders in a folder, by name. Links are not followed.</summary>
    public static IEnumerable<string> Subfolders(string folder) => new DirectoryInfo(folder)
        .EnumerateDirectories()
        .Where(subfolder => subfolder.LinkTarget is null)
        .Select(subfolder => subfolder.FullName)
        .Order(StringComparer.Ordinal);

    /// <summary>Whether a name is one of a format or a compression of exports.</summary>
    public static bool IsData(string path) => FileFormats.OfName(Path.GetFileName(path)) != default;

    private static bool IsIgnored(string name) =>
        OwnFiles.Contains(name, StringComparer.OrdinalIgnoreCase) || (name.StartsWith('.') && FileFormats.OfName(name) == default);
}
