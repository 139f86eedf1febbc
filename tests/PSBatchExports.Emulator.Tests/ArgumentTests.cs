using PSBatchExports.Emulator.CommandLine;
using Xunit;

namespace PSBatchExports.Emulator.Tests;

/// <summary>The program's command line.</summary>
public class ArgumentTests
{
    [Fact]
    public void Option_value_follows_after_a_space_or_an_equals_sign()
    {
        var arguments = ArgumentParser.Parse(
            ["--port", "8123", "--exports=1000", "--run-duration", "00:00:00.5", "--latency=0.25", "--strict-newest", "--json"]);
        Assert.Equal(8123, arguments.Emulator.Port);
        Assert.Equal(1000, arguments.Emulator.Exports);
        Assert.Equal(TimeSpan.FromMilliseconds(500), arguments.Emulator.RunDuration);
        Assert.Equal(TimeSpan.FromMilliseconds(250), arguments.Emulator.Latency);
        Assert.True(arguments.Emulator.StrictNewest);
        Assert.True(arguments.Json);
    }

    [Theory]
    [InlineData("--clock-offset=-02:00:00", -7200)]
    [InlineData("--clock-offset=90", 90)]
    public void Clock_offset_may_be_positive_or_negative(string word, double seconds)
    {
        var ahead = ArgumentParser.Parse([word]).Emulator.TimeProvider.GetUtcNow() - TimeProvider.System.GetUtcNow();

        Assert.Equal(seconds, ahead.TotalSeconds, 60.0);
    }

    [Theory]
    [InlineData("90d", 90 * 24 * 3600)]
    [InlineData("2h", 7200)]
    [InlineData("1.5m", 90)]
    [InlineData("10s", 10)]
    [InlineData("10", 10)]
    [InlineData("2.00:00:00", 2 * 24 * 3600)]
    public void Duration_may_have_a_unit(string text, double seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), ArgumentParser.Parse(["--history", text]).Emulator.History);
    }

    [Theory]
    [InlineData("--history=d")]
    [InlineData("--history=")]
    [InlineData("--history=9x")]
    [InlineData("--nope")]
    [InlineData("--port")]
    [InlineData("--port=x")]
    [InlineData("stray")]
    public void Invalid_option_is_named_in_the_error(string word)
    {
        var problem = Assert.Throws<CommandLineException>(() => ArgumentParser.Parse([word]));
        Assert.Contains(word.Split('=')[0], problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port=65536", "from 0 to 65535")]
    [InlineData("--exports=2000000000", "from 0 to 200000")]
    [InlineData("--exports=-1", "from 0 to 200000")]
    [InlineData("--events-per-hour=0", "from 1 to")]
    [InlineData("--bytes-per-second=0", "from 1 to")]
    [InlineData("--latency=1e9", "--latency")]
    [InlineData("--latency=9999999", "from 00:00:00 to 01:00:00")]
    [InlineData("--run-duration=-00:00:01", "from 00:00:00 to 3650.00:00:00")]
    public void Out_of_range_value_is_rejected_with_the_allowed_range(string word, string said)
    {
        var problem = Assert.Throws<CommandLineException>(() => ArgumentParser.Parse([word]));
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_emulator_option_has_a_command_line_option()
    {
        var help = ArgumentParser.HelpText().Replace("-", "", StringComparison.Ordinal);
        var members = typeof(EmulatorOptions).GetProperties().Where(p => p.CanWrite && p.PropertyType != typeof(TimeProvider));
        Assert.All(members, member => Assert.Contains(member.Name, help, StringComparison.OrdinalIgnoreCase));
    }
}
