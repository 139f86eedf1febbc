using PSBatchExports.Compact;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>What is kept in few bytes comes back as it was.</summary>
public sealed class CompactValueTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("01a19690-f3ae-0000-27cd-5b444516330b")]
    [InlineData("01A19690-F3AE-0000-27CD-5B444516330B")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData(" 01a19690-f3ae-0000-27cd-5b444516330b")]
    [InlineData("01a19690f3ae000027cd5b444516330b")]
    [InlineData("not a UUID")]
    public void Ids_come_back_as_they_were(string? text) => Assert.Equal(text, new Uuid(text).Text);

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue + 1)]
    public void Numbers_come_back_as_they_were(long? number) => Assert.Equal(number, new Count(number).Value);

    [Fact]
    public void Times_come_back_as_the_same_moment()
    {
        var times = new[] { DateTimeOffset.MinValue, DateTimeOffset.MaxValue, new(2026, 11, 1, 2, 30, 0, TimeSpan.FromHours(2)) };
        Assert.All(times, time => Assert.Equal(time, new UtcTime(time).Value));
        Assert.Null(new UtcTime(null).Value);
    }

    [Fact]
    public void None_is_the_default()
    {
        Assert.Null(default(Uuid).Text);
        Assert.Null(default(Count).Value);
        Assert.Null(default(UtcTime).Value);
    }
}
