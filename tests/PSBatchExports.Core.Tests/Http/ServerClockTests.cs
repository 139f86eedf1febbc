using PSBatchExports.Http;
using Xunit;

namespace PSBatchExports.Core.Tests;

public sealed class ServerClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 10, 8, 12, 0, 0, TimeSpan.Zero);

    private readonly TestClock _local = new();
    private readonly ServerClock _clock;

    public ServerClockTests() => _clock = new ServerClock(_local);

    [Fact]
    public void The_clock_is_this_machines_until_a_response_has_a_date()
    {
        _clock.Update(new HttpResponseMessage(), _local.GetUtcNow());

        Assert.False(_clock.IsKnown);
        Assert.Equal(_local.GetUtcNow(), _clock.GetUtcNow());
    }

    [Theory]
    [InlineData(0.1, 0.9, 0, 0)]
    [InlineData(0, 0, -1, 0)]
    [InlineData(0, 5, 3, 0)]
    [InlineData(0, 0, 7200, 7200)]
    [InlineData(0, 0, -7200, -7199)]
    [InlineData(0, 10, 7200, 7190)]
    [InlineData(0, 0, -2, -1)]
    public void The_clock_is_corrected_no_further_than_a_response_shows(
        double sentAfter,
        double receivedAfter,
        double dateAfter,
        double offset)
    {
        _local.Advance(TimeSpan.FromSeconds(receivedAfter));

        _clock.Update(Dated(Noon.AddSeconds(dateAfter)), Noon.AddSeconds(sentAfter));

        Assert.True(_clock.IsKnown);
        Assert.Equal(offset, (_clock.GetUtcNow() - _local.GetUtcNow()).TotalSeconds, 3);
    }

    [Fact]
    public void A_slow_response_keeps_the_correction_of_a_quick_one()
    {
        _clock.Update(Dated(Noon.AddHours(2)), Noon);
        _local.Advance(TimeSpan.FromMinutes(1));

        _clock.Update(Dated(Noon.AddHours(2).AddSeconds(30)), Noon);

        Assert.Equal(_local.GetUtcNow().AddHours(2), _clock.GetUtcNow());
    }

    [Fact]
    public void A_clock_that_was_set_in_between_is_noticed()
    {
        _clock.Update(Dated(Noon.AddHours(2)), Noon);

        _clock.Update(Dated(Noon), Noon);

        Assert.Equal(Noon.AddSeconds(1), _clock.GetUtcNow());
    }

    [Fact]
    public void The_date_of_a_cached_response_is_ignored()
    {
        var cached = Dated(Noon.AddHours(-5));
        cached.Headers.Age = TimeSpan.FromHours(5);

        _clock.Update(cached, Noon);

        Assert.False(_clock.IsKnown);
    }

    [Theory]
    [InlineData("0001-01-01", true)]
    [InlineData("9999-12-31T23:59:59", false)]
    public void Times_beyond_the_end_of_time_are_clamped(string date, bool isPast)
    {
        var time = DateTimeOffset.Parse(
            date,
            System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal);
        _clock.Update(Dated(time), Noon);

        Assert.Equal(isPast, _clock.GetUtcNow() < Noon);
        var bound = isPast ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
        Assert.Equal(bound, _clock.At(bound));
    }

    private static HttpResponseMessage Dated(DateTimeOffset date)
    {
        var response = new HttpResponseMessage();
        response.Headers.Date = date;
        return response;
    }
}
