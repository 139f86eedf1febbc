using System.Buffers;
using System.Collections.Concurrent;

namespace PSBatchExports;

/// <summary>
/// Checks a file while its bytes arrive, by what it reads back from the disk. Parts are hashed by the threads that fetch them; what has to be
/// read in its order, such as gzip data, is read by a thread of its own that follows the download. In the end only the rest is left to do.
/// </summary>
internal sealed class ArrivalCheck(PartialFile partial, CancellationToken cancellationToken) : IAsyncDisposable
{
    private const int BufferBytes = 512 * 1024;

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly ConcurrentDictionary<long, object> _gates = [];
    private MultipartTag? _tag;
    private Task<FileCheck>? _reading;

    /// <summary>Begins, when it is known what arrives, and in ranges.</summary>
    public void Begin(StorageObject expected)
    {
        if (expected.Length is not { } length)
            return;

        _tag = TagFor(expected);
        var token = _stop.Token;
        _reading = Task.Factory.StartNew(
            () => FileIntegrity.Check(() => new ArrivingStream(partial, length, token), expected, token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    /// <summary>Hashes on, after bytes have been written.</summary>
    public void Arrived(ByteRange written)
    {
        if (_tag is not { } tag)
            return;

        for (var at = written.Start; at < written.End; at = tag.PartAt(at).End)
            Hash(tag, tag.PartAt(at));
    }

    /// <summary>Ends, when all bytes are there.</summary>
    public async Task<FileCheck> EndAsync(StorageObject expected, string path)
    {
        var length = partial.Bytes;
        var tag = _tag ??= TagFor(expected);
        var hashing = tag is null ? Task.CompletedTask : Parallel.ForEachAsync(
            tag.Missing(length),
            _stop.Token,
            (range, _) =>
            {
                Hash(tag, tag.PartAt(range.Start));
                return ValueTask.CompletedTask;
            });
        var reading = _reading ?? Task.Run(
            () => FileSystemErrors.Guard(path, () => FileIntegrity.Check(partial.OpenRead, expected, _stop.Token)),
            CancellationToken.None);
        await Task.WhenAll(hashing, reading);
        var check = await reading;
        return expected.ETag is { } sent && tag?.Proves(sent, length) == true ? check with { AreBytesProven = true } : check;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_reading is not null)
            await ((Task)_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        _tag?.Dispose();
        _stop.Dispose();
    }

    private static MultipartTag? TagFor(StorageObject expected) =>
        expected is { ETag: { } tag, Length: { } length } && MultipartTag.Fits(tag, length) ? MultipartTag.OfParts() : null;

    // One thread at a time hashes a part: it takes along what the others write meanwhile.
    private void Hash(MultipartTag tag, ByteRange part)
    {
        var gate = _gates.GetOrAdd(part.Start, static _ => new object());
        if (!Monitor.TryEnter(gate))
            return;

        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long at;
            long end;
            while ((at = part.Start + tag.HashedOf(part.Start)) < (end = Math.Min(partial.EndFrom(at), part.End)))
            {
                _stop.Token.ThrowIfCancellationRequested();
                var read = partial.Read(at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)));
                if (read == 0)
                    return;

                tag.Append(at, buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Monitor.Exit(gate);
        }
    }
}
