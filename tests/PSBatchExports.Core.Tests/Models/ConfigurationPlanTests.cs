using Xunit;

namespace PSBatchExports.Core.Tests.Models;

/// <summary>A difference reads like a part of a plan.</summary>
public sealed class ConfigurationPlanTests
{
    private const string Query = "SELECT\n\tuuid,\n  event\nFROM events";

    [Fact]
    public void A_value_that_fits_is_shown_in_one_line() =>
        Assert.Equal(["    interval: 'hour' -> 'day'"], Lines("interval", "hour", "day"));

    [Fact]
    public void A_value_of_an_export_to_be_created_has_no_counterpart() =>
        Assert.Equal(["    interval: 'day'"], Lines("interval", null, "day", ConfigurationChange.Create));

    [Fact]
    public void Long_values_are_shown_below_each_other_in_full()
    {
        var (old, wanted) = (new string('a', 300), new string('a', 300) + "b");

        Assert.Equal(["    prefix:", $"      - '{old}'", $"      + '{wanted}'"], Lines("prefix", old, wanted));
    }

    [Fact]
    public void Long_lists_show_the_items_that_differ()
    {
        object?[] old = [new string('a', 40), new string('b', 40), new string('c', 40)];

        Assert.Equal(
            ["    events:", $"      - '{old[1]}'", "      + 'd'", "      + 'e'"],
            Lines("events", old, new[] { old[0], "d", "e", old[2] }));
    }

    [Fact]
    public void A_query_shows_the_lines_that_differ() =>
        Assert.Equal(
            ["    hogql_query, line 3:", "      -   event", "      +   event,", "      +   properties"],
            Lines("hogql_query", Query, Query.Replace("event\n", "event,\n  properties\n", StringComparison.Ordinal)));

    [Fact]
    public void A_query_that_is_new_shows_no_more_than_twenty_lines()
    {
        var lines = Lines("hogql_query", null, string.Join('\n', Enumerable.Repeat("x", 50)));

        Assert.Equal(22, lines.Length);
        Assert.Equal("      + … (30 more lines)", lines[^1]);
    }

    [Fact]
    public void No_value_passes_on_characters_that_control_a_terminal()
    {
        foreach (var hostile in new object[] { "\e]0;x\a\u202E", $"\e[2J\n{Query}\u202E", new object[] { new string('\e', 90) } })
            Assert.DoesNotMatch("[\\p{Cc}\\p{Cf}]", string.Concat(Lines("prefix", hostile, "x")));
    }

    private static string[] Lines(string path, object? old, object? wanted, ConfigurationChange change = ConfigurationChange.Update)
    {
        var difference = new BatchExportConfigurationDifference
        {
            Name = "nightly",
            Change = change,
            Field = [new(path, old, wanted)],
        };

        // The view indents all lines but the first.
        return [.. $"{difference:Plan}".Split('\n').Skip(1).Select(line => $"    {line}")];
    }
}
