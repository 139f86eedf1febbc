using System.Text;
using PSBatchExports.Files.Disk;

namespace PSBatchExports;

/// <summary>Saves a page to a file, which is complete or not there.</summary>
public static class ReportFile
{
    /// <summary>Checks that a page can be saved, without writing anything.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="FileSaveException">The file exists, its folder does not, or the path is that of a folder.</exception>
    public static void Check(string path, bool overwrite)
    {
        if (Directory.Exists(path))
            throw new FileSaveException($"'{path}' is a folder.", path, FileSaveFailure.Other);

        var folder = Path.GetDirectoryName(path);
        if (!Directory.Exists(folder))
            throw new FileSaveException($"'{path}' cannot be written: the folder '{folder}' does not exist.", path, FileSaveFailure.NotAFolder);

        if (!overwrite && LocalDisk.Instance.Exists(path))
            throw FileSystemErrors.AlreadyExists(path);
    }

    /// <summary>Writes a page to a temporary file beside the file, and renames it.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <param name="write">Writes the page.</param>
    /// <exception cref="FileSaveException">The file exists, or cannot be written.</exception>
    public static void Save(string path, bool overwrite, Action<TextWriter> write)
    {
        Check(path, overwrite);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        FileSystemErrors.Guard(path, () =>
        {
            try
            {
                using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
                {
                    using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
                    write(writer);
                    writer.Flush();
                    stream.Flush(flushToDisk: true);
                }

                Move(temporary, path, overwrite);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        });
    }

    private static void Move(string temporary, string path, bool overwrite)
    {
        try
        {
            File.Move(temporary, path, overwrite);
        }
        catch (IOException) when (!overwrite && LocalDisk.Instance.Exists(path))
        {
            throw FileSystemErrors.AlreadyExists(path);
        }
    }
}
