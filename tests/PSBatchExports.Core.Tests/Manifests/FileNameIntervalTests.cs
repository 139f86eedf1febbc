using PSBatchExports.Manifests;
using Xunit;

namespace PSBatchExports.Core.Tests.Manifests;

public sealed class FileNameIntervalTests
{
    [Theory]
    [InlineData("2026-09-01T00:00:00+00:00-2026-09-02T00:00:00+00:00-0.parquet", "2026-09-01T00:00:00Z", "2026-09-02T00:00:00Z")]
    [InlineData("2026-09-01T00-00-00+00-00-2026-09-02T00-00-00+00-00-12.jsonl.gz", "2026-09-01T00:00:00Z", "2026-09-02T00:00:00Z")]
    [InlineData("2026-09-01T00-00-00+00-00-2026-09-02T00-00-00+00-00.jsonl", "2026-09-01T00:00:00Z", "2026-09-02T00:00:00Z")]
    [InlineData("2026-09-01T05:30:00+05:30-2026-08-31T20:00:00-05:00-0.parquet", "2026-09-01T00:00:00Z", "2026-09-01T01:00:00Z")]
    [InlineData("2026-09-01T00:00:00.250000+00:00-2026-09-01T01:00:00+00:00-0.jsonl", "2026-09-01T00:00:00.25Z", "2026-09-01T01:00:00Z")]
    public void Interval_is_read_from_the_name(string name, string start, string end)
    {
        var interval = FileNameInterval.Find(name);

        Assert.Equal((Time(start), Time(end)), interval);
    }

    [Theory]
    [InlineData("hogql-0.parquet")]
    [InlineData("2026-09-01-0.parquet")]
    [InlineData("2026-13-01T00:00:00+00:00-2026-09-02T00:00:00+00:00-0.parquet")]
    [InlineData("")]
    public void Name_without_an_interval_has_none(string name) => Assert.Null(FileNameInterval.Find(name));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
