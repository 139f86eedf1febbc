using System.Buffers.Binary;

namespace PSBatchExports.Emulator.Data;

/// <summary>
/// The process that writes a run. It decides the order of columns and rows, whatever the query: the columns pass through a set,
/// the rows through partitions that are read concurrently.
/// </summary>
internal sealed class Worker(int seed, int number)
{
    private const int Partitions = 10;
    private const int BatchRows = 5000;

    public int Number => number;

    /// <summary>Chosen by the random part of the run's id, so that a seed produces the same files at any time.</summary>
    public static Worker For(OnDemandRun run, EmulatorOptions options)
    {
        Span<byte> id = stackalloc byte[16];
        run.Id.TryWriteBytes(id);
        return new Worker(options.Seed, new Noise(options.Seed, BinaryPrimitives.ReadInt64LittleEndian(id[8..])).NextInt(options.Workers));
    }

    /// <summary>Shuffles the columns.</summary>
    public IReadOnlyList<Column> Shuffle(IReadOnlyList<Column> columns)
    {
        var arranged = columns.Select((column, cell) => column with { Cell = cell }).ToArray();
        var noise = new Noise(seed, number);
        for (var last = arranged.Length - 1; last > 0; last--)
        {
            var other = noise.NextInt(last + 1);
            (arranged[last], arranged[other]) = (arranged[other], arranged[last]);
        }

        return arranged;
    }

    /// <summary>All rows in batches, one batch in memory at a time.</summary>
    public IEnumerable<IReadOnlyList<object?[]>> Read(IRowSource source)
    {
        var noise = new Noise(seed, ~number);
        var partitions = Enumerable.Range(0, Partitions).Select(partition => Read(source, partition).GetEnumerator()).ToList();
        while (partitions.Count > 0)
        {
            var chosen = noise.NextInt(partitions.Count);
            if (partitions[chosen].MoveNext())
            {
                yield return partitions[chosen].Current;
            }
            else
            {
                partitions[chosen].Dispose();
                partitions.RemoveAt(chosen);
            }
        }
    }

    private IEnumerable<List<object?[]>> Read(IRowSource source, int partition)
    {
        var batch = new List<object?[]>();
        for (var row = source.First; row < source.First + source.Count; row++)
        {
            if (PartitionOf(row) == partition && source.Row(row) is { } cells)
                batch.Add(cells);
            if (batch.Count < BatchRows)
                continue;

            yield return batch;
            batch = [];
        }

        if (batch.Count > 0)
            yield return batch;
    }

    /// <summary>Uses a different seed than the row's values, so that these do not depend on the partition.</summary>
    private int PartitionOf(long row) => new Noise(~seed - number, row).NextInt(Partitions);
}
