using PSBatchExports.Files.Download;
using PSBatchExports.Files.Storage;
using PSBatchExports.OnDemand;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class RangeTests
{
    private static readonly TransferSizes Sizes = new(FirstRange: 16, MinRange: 8, MaxRange: 64, MinKept: 1);

    [Fact]
    public void A_set_merges_adjacent_ranges()
    {
        var set = Set((10, 20), (30, 40), (0, 5));
        Assert.Equal([new(0, 5), new(10, 20), new(30, 40)], set.Ranges);

        set.Add(new ByteRange(20, 30));
        Assert.Equal([new(0, 5), new(10, 40)], set.Ranges);

        set.Add(new ByteRange(3, 12));
        Assert.Equal([new(0, 40)], set.Ranges);
        Assert.Equal(40, set.Bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_set_and_its_gaps_cover_every_byte_once(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var there = new bool[60];
            var set = new RangeSet();
            for (var add = random.Next(8); add > 0; add--)
            {
                var start = random.Next(there.Length);
                var end = random.Next(start, there.Length + 1);
                set.Add(new ByteRange(start, end));
                Array.Fill(there, true, start, end - start);
            }

            var gaps = set.Gaps(there.Length).ToArray();
            Assert.All(gaps, gap => Assert.True(gap.Length > 0));
            Assert.Equal(
                there.Select((isThere, at) => (isThere, at)).Where(byteAt => !byteAt.isThere).Select(byteAt => (long)byteAt.at),
                gaps.SelectMany(Bytes));
            Assert.Equal(there.Count(isThere => isThere), set.Bytes);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(15, 8)]
    [InlineData(1000, 1)]
    [InlineData(1000, 8)]
    [InlineData(5000, 3)]
    public void A_plan_covers_every_missing_byte_once_with_ranges_of_its_sizes(long length, int connections)
    {
        var there = Set((length / 3, length / 2));
        var plan = new RangePlan(length, there, connections, Sizes);

        var taken = new List<ByteRange>();
        while (plan.Next() is { } range)
            taken.Add(range);

        Assert.Equal(there.Gaps(length).SelectMany(Bytes), taken.SelectMany(Bytes));
        Assert.All(taken, range => Assert.InRange(range.Length, 1, Sizes.MaxRange * 3 / 2));
        Assert.Equal(0, plan.UsefulConnections);
    }

    [Fact]
    public void Ranges_become_smaller_towards_the_end()
    {
        var plan = new RangePlan(1000, new RangeSet(), connections: 4, Sizes);

        var lengths = new List<long>();
        while (plan.Next() is { } range)
            lengths.Add(range.Length);

        Assert.Equal(Sizes.MaxRange, lengths[0]);
        Assert.Equal(lengths.SkipLast(1).OrderDescending(), lengths.SkipLast(1));
        Assert.InRange(lengths[^1], Sizes.MinRange / 2, Sizes.MinRange * 3 / 2);
    }

    [Theory]
    [InlineData(20, 3)]
    [InlineData(1000, 8)]
    [InlineData(0, 0)]
    public void A_plan_needs_no_more_connections_than_ranges(long length, int useful) =>
        Assert.Equal(useful, new RangePlan(length, new RangeSet(), connections: 8, Sizes).UsefulConnections);

    [Fact]
    public void Files_of_a_run_are_ordered_by_number()
    {
        Assert.Equal([0, 1, 2], PartOrder.Indexes(3));
        Assert.Equal([0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 2, 3], PartOrder.Indexes(12));
    }

    private static RangeSet Set(params (long Start, long End)[] ranges)
    {
        var set = new RangeSet();
        foreach (var (start, end) in ranges)
            set.Add(new ByteRange(start, end));

        return set;
    }

    private static IEnumerable<long> Bytes(ByteRange range)
    {
        for (var at = range.Start; at < range.End; at++)
            yield return at;
    }
}
