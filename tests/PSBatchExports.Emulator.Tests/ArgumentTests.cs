using PSBatchExports.Emulator.CommandLine;
using Xunit;

namespace PSBatchExports.Emulator.Tests;

/// <summary>The program's command line.</summary>
public class ArgumentTests
{
    [Fact]
    public void Values_may_follow_or_be_joined()
    {
        var arguments = ArgumentParser.Parse(["--port", "8123", "--exports=1000", "--run-duration", "00:00:00.5", "--latency=0.25", "--strict-newest", "--json"]);
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
    public void The_clock_may_be_ahead_or_behind(string word, double seconds)
    {
        var ahead = ArgumentParser.Parse([word]).Emulator.TimeProvider.GetUtcNow() - TimeProvider.System.GetUtcNow();

        Assert.Equal(seconds, ahead.TotalSeconds, 60.0);
    }

    [Theory]
    [InlineData("--nope")]
    [InlineData("--port")]
    [InlineData("--port=x")]
    [InlineData("stray")]
    public void Mistakes_are_named(string word)
    {
        var problem = Assert.Throws<ArgumentProblemException>(() => ArgumentParser.Parse([word]));
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
    public void Values_out_of_bounds_are_refused_with_the_bounds(string word, string said)
    {
        var problem = Assert.Throws<ArgumentProblemException>(() => ArgumentParser.Parse([word]));
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_member_of_the_options_can_be_set()
    {
        var help = ArgumentParser.HelpText().Replace("-", "", StringComparison.Ordinal);
        var members = typeof(EmulatorOptions).GetProperties().Where(p => p.CanWrite && p.PropertyType != typeof(TimeProvider)).Select(p => p.Name);
        Assert.All(members, name => Assert.Contains(name, help, StringComparison.OrdinalIgnoreCase));
    }
}
