using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using PSBatchExports.Files.Disk;
using PSBatchExports.Proofs;

namespace PSBatchExports.Ranges;

/// <summary>
/// The folders of windows: one for each whole window, by its model and bounds, and one for what is still being saved. A window's folder
/// appears under its name only when all its files are in it.
/// </summary>
/// <param name="root">The full path of the folder with the ledger.</param>
internal sealed class WindowFolders(string root)
{
    private const string Incoming = ".incoming";
    private const int BufferSize = 1 << 20;

    /// <summary>The folder of a window, relative to the ledger's, with slashes: events/2026-11-01T00Z_2026-11-02T00Z.</summary>
    public static string NameOf(BatchExportLedgerEntry window) => $"{window.Model}/{Bound(window.Start)}_{Bound(window.End)}";

    /// <summary>The full path of a window's folder.</summary>
    public string PathOf(BatchExportLedgerEntry window) => Path.GetFullPath(Path.Combine(root, window.Folder ?? NameOf(window)));

    /// <summary>The full path of the folder into which a window's files are saved first.</summary>
    public string IncomingOf(BatchExportLedgerEntry window) => Path.GetFullPath(Path.Combine(root, Incoming, NameOf(window)));

    /// <summary>Whether a saved window's folder is no longer there.</summary>
    public bool IsGone(BatchExportLedgerEntry window) => !Directory.Exists(PathOf(window)) && !Directory.Exists(IncomingOf(window));

    /// <summary>Whether each file of a saved window is there in its length.</summary>
    public bool IsWhole(BatchExportLedgerEntry window)
    {
        var (source, target) = (IncomingOf(window), PathOf(window));
        return window.Files.All(file => Contains(target, file) || Contains(source, file));
    }

    /// <summary>Removes what was saved of a window, but is not whole.</summary>
    public void Discard(BatchExportLedgerEntry window)
    {
        var path = IncomingOf(window);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    /// <summary>Creates the folder into which a window's files are saved first.</summary>
    /// <returns>The full path.</returns>
    public string Prepare(BatchExportLedgerEntry window)
    {
        var path = IncomingOf(window);
        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>
    /// Gives the folder of a whole window its name, unless it has it already. Into a folder that has lost files, they are moved.
    /// </summary>
    /// <returns>The full path.</returns>
    /// <exception cref="FileSaveException">Other data have the folder's name.</exception>
    public string Publish(BatchExportLedgerEntry window)
    {
        var (source, target) = (IncomingOf(window), PathOf(window));
        if (!Directory.Exists(source))
            return target;

        var parent = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(parent);
        FlushFolder(source);
        if (Directory.Exists(target))
            Merge(window, source, target);
        else
            Directory.Move(source, target);

        FlushFolder(parent);
        FlushFolder(root);
        return target;
    }

    /// <summary>Removes the empty folders of what was saved.</summary>
    public void RemoveIncoming()
    {
        var incoming = Path.Combine(root, Incoming);
        if (!Directory.Exists(incoming))
            return;

        foreach (var folder in Directory.EnumerateDirectories(incoming).Append(incoming))
        {
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
        }
    }

    /// <summary>The SHA-256 of a file in lower-case hex digits.</summary>
    public static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            await using (file)
            {
                while (await file.ReadAsync(buffer, cancellationToken) is > 0 and var count)
                    hash.AppendData(buffer.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }

    private static void Merge(BatchExportLedgerEntry window, string source, string target)
    {
        var names = window.Files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        var data = FolderContent.FilesIn(target).Where(FolderContent.IsData);
        var others = data.Select(path => Path.GetFileName(path)).Except(names).ToArray();
        if (others.Except(window.EarlierFiles).Any())
            throw FileSystemErrors.AlreadyExists(target);

        foreach (var name in others)
            File.Delete(Path.Combine(target, name));

        foreach (var file in window.Files.Where(file => Contains(source, file)))
            File.Move(Path.Combine(source, file.Name), Path.Combine(target, file.Name), overwrite: true);

        FlushFolder(target);
        Directory.Delete(source, recursive: true);
    }

    private static bool Contains(string folder, LedgerFile expected)
    {
        var file = new FileInfo(Path.Combine(folder, expected.Name));
        return file.Exists && file.Length == expected.Length;
    }

    private static string Bound(DateTimeOffset time)
    {
        var format = time.Ticks % TimeSpan.TicksPerHour == 0 ? "yyyy-MM-dd'T'HH'Z'"
            : time.Ticks % TimeSpan.TicksPerMinute == 0 ? "yyyy-MM-dd'T'HHmm'Z'"
            : time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HHmmss'Z'"
            : "yyyy-MM-dd'T'HHmmss.fffffff'Z'";
        return time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
    }

    private static void FlushFolder(string path)
    {
        if (!OperatingSystem.IsWindows())
            UnixFile.TryFlushFolder(path);
    }
}
