using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>How a value that differs is written in one line.</summary>
public sealed class ConfigurationFieldTextTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(150)]
    [InlineData(200)]
    [InlineData(5000)]
    public void Long_values_are_cut_to_the_part_in_which_they_differ(int same)
    {
        var before = new string('a', same);
        var after = new string('z', 500);
        var text = new BatchExportConfigurationField("hogql_query", $"{before}old{after}", $"{before}new{after}").ToString();

        Assert.Contains("old", text, StringComparison.Ordinal);
        Assert.Contains("new", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 200, 450);
    }
}
