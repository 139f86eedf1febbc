using System.Text;

namespace PSBatchExports.Files.Disk;

/// <summary>Saves text to a file, which is complete or not there.</summary>
internal static class TextFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Checks that a file can be saved, without writing anything.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="FileSaveException">The file exists, its folder does not, or the path is that of a folder.</exception>
    public static void Check(string path, bool overwrite)
    {
        CheckName(path, overwrite);
        var folder = Path.GetDirectoryName(path);
        if (!Directory.Exists(folder))
        {
            var message = $"'{path}' cannot be written: the folder '{folder}' does not exist.";
            throw new FileSaveException(message, path, FileSaveFailure.NotAFolder);
        }
    }

    /// <summary>Checks that a file may have a name, in a folder that may not exist yet.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="FileSaveException">The file exists, or the path is that of a folder.</exception>
    public static void CheckName(string path, bool overwrite)
    {
        if (Directory.Exists(path))
            throw new FileSaveException($"'{path}' is a folder.", path, FileSaveFailure.Other);

        if (!overwrite && LocalDisk.Instance.Exists(path))
            throw FileSystemErrors.AlreadyExists(path);
    }

    /// <summary>Writes UTF-8 to a temporary file beside the file, and renames it.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <param name="write">Writes the text.</param>
    /// <param name="isSecret">Whether only the owner may read the file. Windows keeps the permissions of the folder.</param>
    /// <exception cref="FileSaveException">The file exists, or cannot be written.</exception>
    public static void Save(string path, bool overwrite, Action<TextWriter> write, bool isSecret = false) =>
        Save(path, overwrite, isSecret, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            write(writer);
        });

    /// <summary>Writes bytes to a temporary file beside the file, and renames it.</summary>
    /// <inheritdoc cref="Save(string, bool, Action{TextWriter}, bool)" />
    public static void Save(string path, bool overwrite, bool isSecret, Action<Stream> write)
    {
        Check(path, overwrite);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        FileSystemErrors.Guard(path, () =>
        {
            try
            {
                using (var stream = new FileStream(temporary, Options(isSecret)))
                {
                    write(stream);
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

    private static FileStreamOptions Options(bool isSecret)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (isSecret && !OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;

        return options;
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
