using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace PSBatchExports.Files.Integrity;

/// <summary>
/// Computes the entity tag of an object that was uploaded in parts, from as many bytes as are available. Parts are hashed side by side; the
/// few parts of a small file are hashed one after the other by the framework, which is faster for a single part.
/// </summary>
/// <param name="length">The file's length in bytes.</param>
/// <param name="partBytes">The part size in bytes, a multiple of 64. The last part may be shorter.</param>
/// <param name="endFrom">Returns the end of the available range that contains an offset; the offset itself if none does.</param>
/// <param name="read">Reads available bytes.</param>
[SuppressMessage("Security", "CA5351", Justification = "The storage's entity tags are MD5; nothing is protected by them.")]
internal sealed class PartHasher(long length, long partBytes, Func<long, long> endFrom, ReadAt read) : IDisposable
{
    private const int MaxSequentialParts = 2;

    // Per lane and round: small enough for the cache, large enough to make up for the check of what is available.
    private const int LaneBytes = 64 * 1024;

    /// <summary>Fewer bytes of a part are not hashed before the rest of it is available.</summary>
    public const int MinHashBytes = 1024 * 1024;

    private readonly List<Part> _parts = Split(length, partBytes);

    /// <summary>Hashes the bytes that have become available.</summary>
    public void HashAvailable(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Md5Lanes.Count * LaneBytes);
        try
        {
            if (_parts.Count <= MaxSequentialParts)
            {
                foreach (var part in _parts)
                    HashSequentially(part, buffer, cancellationToken);

                return;
            }

            var ready = new List<(Part Part, long Blocks)>();
            while (SelectReady(ready))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!HashInLanes(ready, buffer))
                    return;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The entity tag without quotes; null unless all bytes have been hashed.</summary>
    public string? Tag()
    {
        var digests = _parts.ConvertAll(part => part.Digest);
        return digests.Contains(null) ? null : MultipartTag.Combine(digests!);
    }

    private static List<Part> Split(long length, long partBytes)
    {
        var parts = new List<Part>();
        for (var number = 0L; number < MultipartTag.PartCount(length, partBytes); number++)
            parts.Add(new Part(number * partBytes, Math.Min(length, (number + 1) * partBytes)));

        return parts;
    }

    public void Dispose()
    {
        foreach (var part in _parts)
            part.Hash?.Dispose();
    }

    private void HashSequentially(Part part, byte[] buffer, CancellationToken cancellationToken)
    {
        while (part.Digest is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var left = Math.Min(endFrom(part.Position), part.End) - part.Position;
            var count = left > 0 ? read(part.Position, buffer.AsSpan(0, (int)Math.Min(left, buffer.Length))) : 0;
            if (count == 0 && part.Position < part.End)
                return;

            part.Hash ??= IncrementalHash.CreateHash(HashAlgorithmName.MD5);
            part.Hash.AppendData(buffer.AsSpan(0, count));
            part.Advance(part.State, count);
            if (part.Position == part.End)
                part.Digest = part.Hash.GetHashAndReset();
        }
    }

    private bool SelectReady(List<(Part Part, long Blocks)> ready)
    {
        ready.Clear();
        foreach (var part in _parts)
        {
            if (part.Digest is not null || ready.Count == Md5Lanes.Count)
                continue;

            var end = Math.Min(endFrom(part.Position), part.End);
            if (end == part.End || end - part.Position >= MinHashBytes)
                ready.Add((part, (end - part.Position) / Md5Lanes.BlockBytes));
        }

        return ready.Count > 0;
    }

    private bool HashInLanes(List<(Part Part, long Blocks)> ready, byte[] buffer)
    {
        foreach (var (part, blocks) in ready)
        {
            if (blocks == 0 && !TryFinish(part))
                return false;
        }

        ready.RemoveAll(item => item.Blocks == 0);
        if (ready.Count == 0)
            return true;

        var blocksPerLane = (int)Math.Min(LaneBytes / Md5Lanes.BlockBytes, ready.Min(item => item.Blocks));
        Span<Md5State> states = stackalloc Md5State[ready.Count];
        for (var lane = 0; lane < ready.Count; lane++)
        {
            var part = ready[lane].Part;
            if (!TryFill(part.Position, buffer.AsSpan(lane * LaneBytes, blocksPerLane * Md5Lanes.BlockBytes)))
                return false;

            states[lane] = part.State;
        }

        Md5Lanes.Update(states, buffer, LaneBytes, blocksPerLane);
        for (var lane = 0; lane < ready.Count; lane++)
            ready[lane].Part.Advance(states[lane], blocksPerLane * Md5Lanes.BlockBytes);

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

    // False if another program has truncated the file; then it has no tag.
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

        /// <summary>The framework's hash; null if the part is hashed in a lane.</summary>
        public IncrementalHash? Hash { get; set; }

        public byte[]? Digest { get; set; }

        public void Advance(Md5State state, int bytes) => (State, _hashed) = (state, _hashed + bytes);
    }
}

/// <summary>Reads bytes at an offset and returns their number; 0 at the end.</summary>
internal delegate int ReadAt(long offset, Span<byte> bytes);
