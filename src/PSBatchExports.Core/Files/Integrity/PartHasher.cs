using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace PSBatchExports.Files.Integrity;

/// <summary>
/// Hashes the parts of a file, as far as their bytes are there, to compare them with the entity tag of an object that was uploaded in parts: several
/// parts side by side, and the few of a small file one after the other by the framework, which is faster with one alone.
/// </summary>
/// <param name="length">The file's bytes.</param>
/// <param name="partBytes">The size of its parts, a multiple of 64; the last one may be shorter.</param>
/// <param name="endFrom">Where the bytes end that are there from an offset on; the offset itself where there are none.</param>
/// <param name="read">Reads bytes that are there.</param>
[SuppressMessage("Security", "CA5351", Justification = "The storage's entity tags are MD5; nothing is protected by them.")]
internal sealed class PartHasher(long length, long partBytes, Func<long, long> endFrom, ReadAt read) : IDisposable
{
    private const int FewParts = 2;

    // What each lane takes at a time: little enough for the cache, and worth the look at what is there.
    private const int LaneBytes = 64 * 1024;

    /// <summary>Bytes of a part that are worth hashing before the rest of it is there.</summary>
    public const int WorthHashing = 1024 * 1024;

    private readonly List<Part> _parts = PartsOf(length, partBytes);

    /// <summary>Hashes on as far as bytes are there.</summary>
    public void HashWhatIsThere(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Md5Lanes.Count * LaneBytes);
        try
        {
            if (_parts.Count <= FewParts)
            {
                foreach (var part in _parts)
                    HashAlone(part, buffer, cancellationToken);

                return;
            }

            var ready = new List<(Part Part, long Blocks)>();
            while (Choose(ready))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!Hash(ready, buffer))
                    return;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The entity tag without quotes; null where not all bytes have been hashed.</summary>
    public string? Tag() => _parts.TrueForAll(part => part.Digest is not null) ? MultipartTag.Combine(_parts.ConvertAll(part => part.Digest!)) : null;

    private static List<Part> PartsOf(long length, long partBytes)
    {
        var parts = new List<Part>();
        for (var number = 0L; number < MultipartTag.PartCount(length, partBytes); number++)
            parts.Add(new Part(number * partBytes, Math.Min(length, (number + 1) * partBytes)));

        return parts;
    }

    public void Dispose()
    {
        foreach (var part in _parts)
            part.Alone?.Dispose();
    }

    private void HashAlone(Part part, byte[] buffer, CancellationToken cancellationToken)
    {
        while (part.Digest is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var left = Math.Min(endFrom(part.Position), part.End) - part.Position;
            var count = left > 0 ? read(part.Position, buffer.AsSpan(0, (int)Math.Min(left, buffer.Length))) : 0;
            if (count == 0 && part.Position < part.End)
                return;

            part.Alone ??= IncrementalHash.CreateHash(HashAlgorithmName.MD5);
            part.Alone.AppendData(buffer.AsSpan(0, count));
            part.MoveOn(part.State, count);
            if (part.Position == part.End)
                part.Digest = part.Alone.GetHashAndReset();
        }
    }

    private bool Choose(List<(Part Part, long Blocks)> ready)
    {
        ready.Clear();
        foreach (var part in _parts)
        {
            if (part.Digest is not null || ready.Count == Md5Lanes.Count)
                continue;

            var end = Math.Min(endFrom(part.Position), part.End);
            if (end == part.End || end - part.Position >= WorthHashing)
                ready.Add((part, (end - part.Position) / Md5Lanes.BlockBytes));
        }

        return ready.Count > 0;
    }

    private bool Hash(List<(Part Part, long Blocks)> ready, byte[] buffer)
    {
        foreach (var (part, blocks) in ready)
        {
            if (blocks == 0 && !TryFinish(part))
                return false;
        }

        ready.RemoveAll(item => item.Blocks == 0);
        if (ready.Count == 0)
            return true;

        var blocksNow = (int)Math.Min(LaneBytes / Md5Lanes.BlockBytes, ready.Min(item => item.Blocks));
        Span<Md5State> states = stackalloc Md5State[ready.Count];
        for (var lane = 0; lane < ready.Count; lane++)
        {
            var part = ready[lane].Part;
            if (!TryFill(part.Position, buffer.AsSpan(lane * LaneBytes, blocksNow * Md5Lanes.BlockBytes)))
                return false;

            states[lane] = part.State;
        }

        Md5Lanes.Update(states, buffer, LaneBytes, blocksNow);
        for (var lane = 0; lane < ready.Count; lane++)
            ready[lane].Part.MoveOn(states[lane], blocksNow * Md5Lanes.BlockBytes);

        return true;
    }

    private bool TryFinish(Part part)
    {
        Span<byte> rest = stackalloc byte[(int)(part.End - part.Position)];
        if (!TryFill(part.Position, rest))
            return false;

        part.Digest = Md5Lanes.Finish(part.State, rest, part.Length);
        return true;
    }

    // A file that was shortened by somebody else has no tag.
    private bool TryFill(long offset, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = read(offset, bytes);
            if (count == 0)
                return false;

            offset += count;
            bytes = bytes[count..];
        }

        return true;
    }

    private sealed class Part(long start, long end)
    {
        private long _hashed;

        public long Length => end - start;

        public long End => end;

        public long Position => start + _hashed;

        public Md5State State { get; private set; } = Md5Lanes.Start;

        /// <summary>The framework's hash, where it is used.</summary>
        public IncrementalHash? Alone { get; set; }

        public byte[]? Digest { get; set; }

        public void MoveOn(Md5State state, int bytes) => (State, _hashed) = (state, _hashed + bytes);
    }
}

/// <summary>Reads bytes at an offset and returns how many; 0 at the end.</summary>
internal delegate int ReadAt(long offset, Span<byte> bytes);
