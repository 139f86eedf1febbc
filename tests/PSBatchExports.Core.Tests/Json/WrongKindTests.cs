using System.Text.Json;
using PSBatchExports.Wire;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>A value of another kind than the field has is refused, and the error says where it is.</summary>
public class WrongKindTests
{
    [Theory]
    [InlineData("""{"results": [{"id": "a"}, {"id": 7}]}""", "$.results[1].id")]
    [InlineData("""{"results": [{"id": "a", "paused": null}]}""", "$.results[0].paused")]
    [InlineData("""{"results": [{"id": "a", "team_id": 1.5}]}""", "$.results[0].team_id")]
    [InlineData("""{"results": [{"id": "a", "team_id": 2147483648}]}""", "$.results[0].team_id")]
    [InlineData("""{"results": [{"id": "a", "created_at": "yesterday"}]}""", "$.results[0].created_at")]
    [InlineData("""{"results": [{"id": "a", "destination": []}]}""", "$.results[0].destination")]
    [InlineData("""{"results": [{"id": "a", "primary_key": ["x", null]}]}""", "$.results[0].primary_key[1]")]
    [InlineData("""{"results": [{"id": "a", "latest_runs": [{}, {"a": [[1, {}], 2], "bytes_exported": true}]}]}""",
        "$.results[0].latest_runs[1].bytes_exported")]
    [InlineData("""{"results": [{"name": "no id"}]}""", "$.results[0]")]
    [InlineData("""{"results": {}}""", "$.results")]
    [InlineData("""{"results": [null]}""", "$.results[0]")]
    [InlineData("""[]""", "$")]
    public void The_path_of_the_value_is_named(string json, string path)
    {
        var bad = Assert.Throws<JsonException>(() => WireRead.As(json, Page<BatchExport>.Reader(BatchExport.Read)));

        Assert.Equal(path, bad.Path);
        Assert.StartsWith(path + ": ", bad.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"results": []""")]
    [InlineData("""{"results": []} {}""")]
    [InlineData("""{"results": [],}""")]
    [InlineData("""{"results": [/* none */]}""")]
    [InlineData("")]
    public void Text_that_is_not_one_value_of_JSON_is_refused(string json) =>
        Assert.Throws<JsonException>(() => WireRead.As(json, Page<BatchExport>.Reader(BatchExport.Read)));

    [Fact]
    public void Of_a_field_that_comes_twice_the_last_counts() =>
        Assert.Equal("b", WireRead.As("""{"id": "e", "name": "a", "n\u0061me": "b"}""", BatchExport.Read).Name);
}
