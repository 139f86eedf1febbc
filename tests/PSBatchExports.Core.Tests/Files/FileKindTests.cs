using PSBatchExports.Models;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class FileKindTests
{
    [Theory]
    [InlineData("2026-09-01T00:00:00+00:00-2026-09-02T00:00:00+00:00-0.parquet", "Parquet", null)]
    [InlineData("2026-09-01T00:00:00+00:00-2026-09-02T00:00:00+00:00.parquet.zst", "Parquet", null)]
    [InlineData("a.parquet.gz", "Parquet", null)]
    [InlineData("a.parquet.br", "Parquet", null)]
    [InlineData("a.parquet.lz4", "Parquet", null)]
    [InlineData("a.parquet.sz", "Parquet", null)]
    [InlineData("A.PARQUET.ZST", "Parquet", null)]
    [InlineData("2026-09-01T00:00:00+00:00-0.jsonl", "JSONLines", null)]
    [InlineData("2026-09-01T00:00:00+00:00-0.jsonl.gz", "JSONLines", "gzip")]
    [InlineData("a.JSONL.BR", "JSONLines", "brotli")]
    [InlineData("a.jsonl.zst", "JSONLines", "zstd")]
    [InlineData("a.gz", null, "gzip")]
    [InlineData("a.parquet.gz.gz", null, "gzip")]
    [InlineData("a.parquet.txt", null, null)]
    [InlineData("parquet", null, null)]
    [InlineData(".gz", null, "gzip")]
    [InlineData("", null, null)]
    public void A_name_determines_the_format_and_the_compression_of_the_whole_file(string name, string? format, string? compression) =>
        Assert.Equal(new FileKind(format, compression), FileFormats.OfName(name));
}
