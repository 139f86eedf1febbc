using FsCheck;
using FsCheck.Fluent;
using Parquet;
using PSBatchExports.Files.Integrity;
using Xunit;

namespace PSBatchExports.Core.Tests.Fuzz;

/// <summary>Row counts of files that were split, truncated or changed anywhere.</summary>
public class RowCountTests
{
    private static readonly Gen<byte[]> Bytes = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf();

    [Fact]
    public void Rows_are_counted_across_gzip_members() => Fuzzing.Check(
        from rows in Gen.Choose(0, 60)
        from cuts in Gen.Choose(0, 9999).ListOf()
        select (rows, cuts),
        300,
        input =>
        {
            var text = RowFiles.Rows(input.rows).SelectMany(row => row).ToArray();
            var ends = input.cuts.Take(20).Select(cut => cut * text.Length / 10_000).Append(text.Length).Order().ToArray();
            var start = 0;
            var packed = new List<byte>();
            foreach (var end in ends)
            {
                packed.AddRange(RowFiles.Gzip(text.AsSpan(start, end - start)));
                start = end;
            }

            Assert.Equal(new FileRowCount.Counted(input.rows), RowFiles.Count("a.jsonl.gz", packed.ToArray()));
        });

    [Fact]
    public void Truncated_gzip_has_the_rows_of_its_complete_members_or_is_damaged()
    {
        var members = RowFiles.Rows(40).Select(row => RowFiles.Gzip(row)).ToArray();
        var whole = members.SelectMany(member => member).ToArray();
        var ends = members.Aggregate(new List<int> { 0 }, (known, member) => [.. known, known[^1] + member.Length]);
        Fuzzing.Check(Gen.OneOf(Gen.Choose(0, whole.Length), Gen.Elements(ends.ToArray())), 1000, cut =>
        {
            var count = RowFiles.Count("a.jsonl.gz", whole[..cut]);

            if (ends.IndexOf(cut) is > 0 and var left)
                Assert.Equal(new FileRowCount.Counted(left), count);
            else
                Assert.IsType<FileRowCount.Damaged>(count);
        });
    }

    [Fact]
    public void Changed_gzip_is_damaged_or_keeps_its_rows()
    {
        var whole = RowFiles.GzipRows(40);
        Fuzzing.Check(
            from at in Gen.Choose(0, whole.Length - 1)
            from change in Gen.Choose(1, 255)
            select (at, change),
            1000,
            input =>
            {
                var changed = whole.ToArray();
                changed[input.at] ^= (byte)input.change;

                // Some bytes do not matter, such as the time and the system in a member's header.
                Assert.True(RowFiles.Count("a.jsonl.gz", changed) is FileRowCount.Damaged or FileRowCount.Counted { Rows: 40 });
            });
    }

    [Fact]
    public void Truncated_brotli_is_damaged()
    {
        var whole = RowFiles.Brotli(RowFiles.Rows(40));
        Fuzzing.Check(
            Gen.Choose(0, whole.Length - 1), 1000, cut => Assert.IsType<FileRowCount.Damaged>(RowFiles.Count("a.jsonl.br", whole[..cut])));
    }

    [Fact]
    public async Task Truncated_Parquet_is_damaged()
    {
        var whole = await RowFiles.ParquetAsync(CompressionMethod.Zstd, 10, 200, 3);
        Fuzzing.Check(
            from start in Gen.Choose(0, whole.Length - 1)
            from length in Gen.Choose(1, whole.Length - start)
            select (start, length),
            1000,
            input =>
            {
                byte[] rest = [.. whole[..input.start], .. whole[(input.start + input.length)..]];

                Assert.IsType<FileRowCount.Damaged>(RowFiles.Count("a.parquet", rest));
            });
    }

    [Fact]
    public async Task A_changed_Parquet_footer_causes_no_exception()
    {
        var whole = await RowFiles.ParquetAsync(CompressionMethod.Zstd, 10, 200, 3);
        var start = whole.Length - 8 - BitConverter.ToInt32(whole, whole.Length - 8);
        Fuzzing.Check(
            (from at in Gen.Choose(start, whole.Length - 1)
             from value in Gen.Choose(0, 255)
             select (at, value)).NonEmptyListOf(),
            3000,
            changes =>
            {
                var changed = whole.ToArray();
                foreach (var (at, value) in changes.Take(5))
                    changed[at] = (byte)value;

                Assert.NotNull(RowFiles.Count("a.parquet", changed));
            });
    }

    [Fact]
    public void Any_bytes_cause_no_exception() => Fuzzing.Check(Bytes, 2000, bytes =>
    {
        Assert.NotNull(RowFiles.Count("a.jsonl.gz", bytes));
        Assert.NotNull(RowFiles.Count("a.jsonl.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, .. bytes]));
        Assert.NotNull(RowFiles.Count("a.jsonl.br", bytes));
        Assert.NotNull(RowFiles.Count("a.parquet", bytes));
        Assert.IsNotType<FileRowCount.NotCountable>(RowFiles.Count("a.parquet", RowFiles.WithFooter(bytes)));
    });
}
