using System.Runtime.InteropServices;
using PSBatchExports.Files.Disk;

namespace PSBatchExports.Proofs;

/// <summary>
/// Finds rows that are there more than once, in constant memory: keys are partitioned into blocks of one temporary file, and sorted
/// partition by partition. The system deletes the file with its handle; on Unix its name is gone before. Thread-safe until
/// <see cref="FindDuplicates"/>.
/// </summary>
/// <param name="maxSortedKeys">How many keys are sorted at once. A larger partition is partitioned again.</param>
/// <param name="depth">How often the keys were partitioned before.</param>
/// <param name="folder">The full path of the folder for the temporary file; null for the system's.</param>
internal sealed class RowKeyStore(int maxSortedKeys = RowKeyStore.DefaultSortedKeys, int depth = 0, string? folder = null) : IDisposable
{
    private const int DefaultSortedKeys = 768 * 1024;
    private const int PartitionCount = 256;
    private const int MaxDepth = 8;
    private const int BlockKeys = 1024;

    private static readonly int KeySize = Marshal.SizeOf<RowKey>();

    private readonly object _gate = new();
    private readonly string _folder = folder ?? Path.GetTempPath();
    private readonly Partition?[] _partitions = new Partition?[PartitionCount];
    private FileStream? _file;
    private long _length;
    private RowKey[] _sorted = [];

    /// <summary>Adds keys.</summary>
    /// <exception cref="FileSaveException">The temporary file cannot be written.</exception>
    public void Add(ReadOnlySpan<RowKey> keys)
    {
        lock (_gate)
        {
            foreach (var key in keys)
                Add(key);
        }
    }

    /// <summary>Calls <paramref name="onDuplicate"/> with the first and another key of each row that is there more than once.</summary>
    public void FindDuplicates(Action<RowKey, RowKey> onDuplicate, CancellationToken cancellationToken)
    {
        for (var number = 0; number < PartitionCount; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_partitions[number] is not { } partition)
                continue;

            _partitions[number] = null;
            if (partition.Count <= maxSortedKeys)
                FindSorted(partition, onDuplicate);
            else if (depth + 1 < MaxDepth)
                FindPartitioned(partition, onDuplicate, cancellationToken);
            else
                FindHashed(partition, onDuplicate);
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Add(RowKey key)
    {
        var partition = _partitions[key.Partition(depth)] ??= new Partition();
        partition.Pending[partition.PendingCount++] = key;
        partition.Count++;
        if (partition.PendingCount < BlockKeys)
            return;

        FileSystemErrors.Guard(_folder, () =>
        {
            _file ??= CreateFile();
            RandomAccess.Write(_file.SafeFileHandle, MemoryMarshal.AsBytes<RowKey>(partition.Pending), _length);
        });
        partition.Blocks.Add(_length);
        partition.PendingCount = 0;
        _length += BlockKeys * KeySize;
    }

    private void FindSorted(Partition partition, Action<RowKey, RowKey> onDuplicate)
    {
        if (_sorted.Length < partition.Count)
            _sorted = new RowKey[Math.Min(maxSortedKeys, 2 * partition.Count)];

        var count = 0;
        foreach (var block in BlocksOf(partition))
        {
            block.Span.CopyTo(_sorted.AsSpan(count));
            count += block.Length;
        }

        var keys = _sorted.AsSpan(0, count);
        keys.Sort(RowKey.Compare);
        var first = 0;
        for (var at = 1; at < keys.Length; at++)
        {
            if (keys[at].IsSameRow(keys[first]))
                onDuplicate(keys[first], keys[at]);
            else
                first = at;
        }
    }

    private void FindPartitioned(Partition partition, Action<RowKey, RowKey> onDuplicate, CancellationToken cancellationToken)
    {
        using var parts = new RowKeyStore(maxSortedKeys, depth + 1, _folder);
        foreach (var block in BlocksOf(partition))
        {
            cancellationToken.ThrowIfCancellationRequested();
            parts.Add(block.Span);
        }

        parts.FindDuplicates(onDuplicate, cancellationToken);
    }

    // Keys that no partitioning separates are few rows, many times.
    private void FindHashed(Partition partition, Action<RowKey, RowKey> onDuplicate)
    {
        var firsts = new Dictionary<(ulong, ulong), RowKey>();
        foreach (var block in BlocksOf(partition))
        {
            foreach (var key in block.ToArray())
            {
                if (!firsts.TryAdd((key.High, key.Low), key))
                    onDuplicate(firsts[(key.High, key.Low)], key);
            }
        }
    }

    private IEnumerable<ReadOnlyMemory<RowKey>> BlocksOf(Partition partition)
    {
        var block = new RowKey[BlockKeys];
        foreach (var offset in partition.Blocks)
        {
            FileSystemErrors.Guard(_folder, () => Read(offset, block));
            yield return block;
        }

        yield return partition.Pending.AsMemory(0, partition.PendingCount);
    }

    private void Read(long offset, RowKey[] block)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(block.AsSpan());
        while (!bytes.IsEmpty)
        {
            var count = RandomAccess.Read(_file!.SafeFileHandle, bytes, offset);
            if (count == 0)
                throw new IOException("The temporary file was truncated.");

            offset += count;
            bytes = bytes[count..];
        }
    }

    private FileStream CreateFile()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        var path = Path.Combine(_folder, $"psbatchexports-{Environment.ProcessId}-{Guid.NewGuid():n}.keys");
        var file = new FileStream(path, options);
        if (!OperatingSystem.IsWindows())
            UnixFile.TryDelete(path);

        return file;
    }

    private sealed class Partition
    {
        public RowKey[] Pending { get; } = new RowKey[BlockKeys];

        public int PendingCount { get; set; }

        public List<long> Blocks { get; } = [];

        public int Count { get; set; }
    }
}
