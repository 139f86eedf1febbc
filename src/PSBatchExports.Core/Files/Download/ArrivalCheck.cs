using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Integrity;
using PSBatchExports.Files.Storage;

namespace PSBatchExports.Files.Download;

/// <summary>
/// Checks a file while it is downloaded. Two threads read the written bytes back from the disk: one hashes the parts of the object, the
/// other reads the content in order, such as gzip data. When the last byte arrives, most of the work is done.
/// </summary>
internal sealed class ArrivalCheck(PartialFile partial, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private Task<string?>? _hash;
    private Task<FileCheck>? _read;

    /// <summary>Starts once the storage has described the object. Only for files that arrive in ranges.</summary>
    public void Begin(StorageObject expected)
    {
        if (expected.Length is not { } length)
            return;

        var token = _stop.Token;
        _read = Start(() => FileIntegrity.Check(() => new ArrivingStream(partial, length, token), expected, token));
        if (expected.PartTag is not null)
            _hash = Start(() => Hash(length, token));
    }

    /// <summary>Finishes once all bytes are written.</summary>
    /// <exception cref="FileSaveException">The disk failed.</exception>
    public async Task<FileCheck> EndAsync(StorageObject expected, string path)
    {
        var length = partial.Bytes;
        var token = _stop.Token;
        _read ??= Start(() => FileSystemErrors.Guard(path, () => FileIntegrity.Check(partial.OpenRead, expected, token)));
        if (expected.PartTag is not null)
            _hash ??= Start(() => Hash(length, token));

        var check = await _read;
        var tag = _hash is null ? null : await _hash;
        return tag is not null && MultipartTag.AreEqual(tag, expected.PartTag!) ? check with { AreBytesProven = true } : check;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var work in (Task?[])[_read, _hash])
        {
            if (work is not null)
                await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stop.Dispose();
    }

    private static Task<T> Start<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private string? Hash(long length, CancellationToken stop)
    {
        using var parts = new PartHasher(length, MultipartTag.ServicePartBytes, partial.Written.EndFrom, partial.Read);
        var seen = 0L;
        do
        {
            seen = partial.Written.WaitForTotal(Math.Min(seen + PartHasher.MinHashBytes, length), stop);
            parts.HashAvailable(stop);
        }
        while (seen < length);

        return parts.Tag();
    }
}
