using PSBatchExports.Files.Disk;

namespace PSBatchExports;

/// <summary>Saves a page to a file, which is complete or not there.</summary>
public static class ReportFile
{
    /// <summary>Checks that a page can be saved, without writing anything.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="FileSaveException">The file exists, its folder does not, or the path is that of a folder.</exception>
    public static void Check(string path, bool overwrite) => TextFile.Check(path, overwrite);

    /// <summary>Writes a page to a temporary file beside the file, and renames it.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <param name="write">Writes the page.</param>
    /// <exception cref="FileSaveException">The file exists, or cannot be written.</exception>
    public static void Save(string path, bool overwrite, Action<TextWriter> write) => TextFile.Save(path, overwrite, write);
}
