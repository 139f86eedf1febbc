using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Integrity;
using PSBatchExports.Files.Storage;

namespace PSBatchExports.Files.Download;

/// <summary>
/// Checks a file while its bytes arrive, by what it reads back from the disk, on threads of its own that follow the download: one hashes the parts
/// of the object, the other reads what has to be read in its order, such as gzip data. In the end only the rest is left to do.
/// </summary>
internal sealed class ArrivalCheck(PartialFile partial, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private Task<string?>? _hashing;
    private Task<FileCheck>? _reading;

    /// <summary>Begins, when it is known what arrives, and in ranges.</summary>
    public void Begin(StorageObject expected)
    {
        if (expected.Length is not { } length)
            return;

        var token = _stop.Token;
        _reading = Start(() => FileIntegrity.Check(() => new ArrivingStream(partial, length, token), expected, token));
        if (expected.PartTag is not null)
            _hashing = Start(() => Hash(length, token));
    }

    /// <summary>Ends, when all bytes are there.</summary>
    /// <exception cref="FileSaveException">The disk refused.</exception>
    public async Task<FileCheck> EndAsync(StorageObject expected, string path)
    {
        var length = partial.Bytes;
        var token = _stop.Token;
        _reading ??= Start(() => FileSystemErrors.Guard(path, () => FileIntegrity.Check(partial.OpenRead, expected, token)));
        if (expected.PartTag is not null)
            _hashing ??= Start(() => Hash(length, token));

        var check = await _reading;
        var tag = _hashing is null ? null : await _hashing;
        return tag is not null && MultipartTag.AreEqual(tag, expected.PartTag!) ? check with { AreBytesProven = true } : check;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var work in (Task?[])[_reading, _hashing])
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
            seen = partial.Written.WaitForTotal(Math.Min(seen + PartHasher.WorthHashing, length), stop);
            parts.HashWhatIsThere(stop);
        }
        while (seen < length);

        return parts.Tag();
    }
}
