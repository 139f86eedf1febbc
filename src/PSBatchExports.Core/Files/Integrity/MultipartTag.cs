using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace PSBatchExports;

/// <summary>
/// Computes the entity tag that S3 gives an object which was uploaded in parts, from its bytes as they arrive: the MD5 of the MD5s of its parts
/// and their number. A tag that comes out equal proves every byte. One that does not proves nothing by itself, since the object may have been
/// uploaded in parts of another size.
/// </summary>
/// <remarks>Parts are hashed side by side, so the ranges that different threads fetch should meet at the borders of parts.</remarks>
[SuppressMessage("Security", "CA5351", Justification = "The storage's entity tags are MD5; nothing is protected by them.")]
internal sealed class MultipartTag : IDisposable
{
    /// <summary>The size of the parts in which the service uploads.</summary>
    public const long ServicePartBytes = 52_428_800;

    private readonly long _partBytes;
    private readonly Dictionary<long, Part> _parts = [];

    private MultipartTag(long partBytes) => _partBytes = partBytes;

    /// <summary>The tag of an object in parts.</summary>
    public static MultipartTag OfParts(long partBytes = ServicePartBytes) => new(partBytes);

    /// <summary>Whether the tag names as many parts as an object of this length has.</summary>
    public static bool Fits(string tag, long length, long partBytes = ServicePartBytes) =>
        Split(tag)?.Parts == Text(PartCount(length, partBytes));

    /// <summary>The part that a byte belongs to, as if the object did not end in it.</summary>
    public ByteRange PartAt(long offset)
    {
        var start = offset / _partBytes * _partBytes;
        return new ByteRange(start, start + _partBytes);
    }

    /// <summary>How many bytes of the part at <paramref name="start"/> have been hashed.</summary>
    public long HashedOf(long start) => Find(start)?.Hashed ?? 0;

    /// <summary>
    /// Takes bytes of the object, from any thread. Those of a part have to come in their order; where some came before, they go on where these
    /// ended, or begin the part anew.
    /// </summary>
    /// <returns>Whether all could be used. Those that could not are <see cref="Missing"/>.</returns>
    public bool Append(long offset, ReadOnlySpan<byte> bytes)
    {
        var isUsed = true;
        while (!bytes.IsEmpty)
        {
            var part = PartAt(offset);
            var now = bytes[..(int)Math.Min(bytes.Length, part.End - offset)];
            isUsed &= FindOrAdd(part.Start).Append(offset - part.Start, now);
            offset += now.Length;
            bytes = bytes[now.Length..];
        }

        return isUsed;
    }

    /// <summary>What has yet to be appended to an object of this length, at most a range for each part.</summary>
    public IReadOnlyList<ByteRange> Missing(long length)
    {
        var missing = new List<ByteRange>();
        for (long at = 0; at < PartCount(length, _partBytes); at++)
        {
            var start = at * _partBytes;
            var end = PartEnd(start, length);
            var next = start + HashedOf(start);
            if (next != end)
                missing.Add(new ByteRange(next < end ? next : start, end));
        }

        return missing;
    }

    /// <summary>The tag of an object of this length, without quotes; null where not all of its bytes were appended in order, or more.</summary>
    public string? Complete(long length)
    {
        using var digests = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var count = PartCount(length, _partBytes);
        for (long at = 0; at < count; at++)
        {
            var start = at * _partBytes;
            if (DigestOf(start, PartEnd(start, length) - start) is not { } digest)
                return null;
            digests.AppendData(digest);
        }

        lock (_parts)
        {
            if (_parts.Any(part => part.Key >= length && part.Value.Hashed > 0))
                return null;
        }

        return $"{Convert.ToHexString(digests.GetHashAndReset()).ToLowerInvariant()}-{Text(count)}";
    }

    /// <summary>Whether every byte of the object is proven by the tag that the storage sent.</summary>
    public bool Proves(string tag, long length) =>
        Complete(length) is { } own && own.Equals(tag.Trim('"'), StringComparison.OrdinalIgnoreCase);

    public void Dispose()
    {
        lock (_parts)
        {
            foreach (var part in _parts.Values)
                part.Dispose();

            _parts.Clear();
        }
    }

    // An object without content has a part, too.
    private static long PartCount(long length, long partBytes) => Math.Max(1, (length / partBytes) + (length % partBytes == 0 ? 0 : 1));

    private static string Text(long count) => count.ToString(CultureInfo.InvariantCulture);

    private long PartEnd(long start, long length) => length - start < _partBytes ? length : start + _partBytes;

    private byte[]? DigestOf(long start, long length) =>
        Find(start) is { } part ? part.Digest(length) : length == 0 ? MD5.HashData([]) : null;

    private Part? Find(long start)
    {
        lock (_parts)
            return _parts.GetValueOrDefault(start);
    }

    private Part FindOrAdd(long start)
    {
        lock (_parts)
        {
            if (!_parts.TryGetValue(start, out var part))
                _parts[start] = part = new Part(_partBytes);

            return part;
        }
    }

    /// <summary>The two halves of a tag, of which the second is null where the object was uploaded in one piece; null where it is no such tag.</summary>
    private static (string Digest, string? Parts)? Split(string? tag)
    {
        const int digestLength = 32;
        var text = tag is ['"', .. var inside, '"'] ? inside : tag;
        if (text is null || text.Length < digestLength || !text[..digestLength].All(char.IsAsciiHexDigit))
            return null;
        if (text.Length == digestLength)
            return (text, null);

        var parts = text[(digestLength + 1)..];
        var isNumber = parts.Length is > 0 and <= 10 && parts.All(char.IsAsciiDigit) && parts[0] != '0';
        return text[digestLength] == '-' && isNumber ? (text[..digestLength], parts) : null;
    }

    private sealed class Part(long size) : IDisposable
    {
        private readonly object _gate = new();
        private IncrementalHash? _hash;
        private byte[]? _digest;
        private long _hashed;

        /// <summary>So many bytes from the beginning on.</summary>
        public long Hashed
        {
            get
            {
                lock (_gate)
                    return _hashed;
            }
        }

        public bool Append(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (_gate)
            {
                // What is written over does not count any more.
                if (offset < _hashed)
                    Reset();
                if (offset != _hashed)
                    return false;

                _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.MD5);
                _hash.AppendData(bytes);
                _hashed += bytes.Length;
                if (_hashed == size)
                    Finish();

                return true;
            }
        }

        /// <summary>The MD5 of a part of this length; null where it has another.</summary>
        public byte[]? Digest(long length)
        {
            lock (_gate)
                return length != _hashed ? null : _digest ?? _hash?.GetCurrentHash() ?? MD5.HashData([]);
        }

        public void Dispose()
        {
            lock (_gate)
                Reset();
        }

        // Keeps sixteen bytes of a part that is complete, and no hash.
        private void Finish()
        {
            _digest = _hash!.GetHashAndReset();
            _hash.Dispose();
            _hash = null;
        }

        private void Reset()
        {
            _hash?.Dispose();
            _hash = null;
            _digest = null;
            _hashed = 0;
        }
    }
}
