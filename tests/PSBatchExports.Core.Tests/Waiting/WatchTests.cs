using PSBatchExports.Http.Pagination;
using PSBatchExports.Waiting;
using PSBatchExports.Wire;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Many things, watched without a network, so that every request has an exact time.</summary>
public class WatchTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndsAt = TimeSpan.FromSeconds(5);

    /// <summary>A thing that its list does not tell takes two requests, five seconds apart, and a minute after its end only one.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongAgo = TimeSpan.FromSeconds(65);

    public static TheoryData<int, bool, double> Numbers
    {
        get
        {
            var data = new TheoryData<int, bool, double>();
            foreach (var count in new[] { 1, 4, 5, 20, 200, 1000 })
            {
                foreach (var isToldByList in new[] { true, false })
                {
                    data.Add(count, isToldByList, 0);
                    data.Add(count, isToldByList, 2.5);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void An_ended_item_is_reported_within_the_interval_and_the_requests_before_it(
        int count,
        bool isToldByList,
        double secondsBetween)
    {
        using var service = new Service(count, isToldByList, index => EndsAt + TimeSpan.FromSeconds(secondsBetween * index));

        var told = service.WatchUntilAllAreTold(Interval, timeout: null);

        Assert.Equal(count, told.Count);
        Assert.All(told, one => Assert.True(one.Result.IsComplete));
        var look = count <= RequestPace.MaxPerSecond ? count : (count + 99) / 100;
        var request = service.Requests.Count <= RequestPace.MaxBurst ? RequestPace.MinInterval : TimeSpan.FromSeconds(1);
        foreach (var (one, at) in told)
        {
            var ended = service.EndOf(one.Reference);
            var before = told.Count(other => service.EndOf(other.Result.Reference) <= ended && other.At >= ended);
            var requests = (2 * look) + (isToldByList ? 0 : 2 * before);
            var bound = Interval + (isToldByList ? TimeSpan.Zero : Rest) + (request * (requests + 1));
            Assert.True(
                at - ended <= bound,
                $"{one.Reference} of {count} ended at {ended} and was told at {at}, {at - ended - bound} too late.");
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Requests_never_exceed_the_pace_in_a_second_or_an_hour(int count, bool isToldByList, double secondsBetween)
    {
        using var service = new Service(count, isToldByList, index => EndsAt + TimeSpan.FromSeconds(secondsBetween * index));

        service.WatchUntilAllAreTold(Interval, timeout: null);

        AssertPace(service.Requests);
    }

    [Fact]
    public void Items_that_never_end_are_polled_for_hours_within_the_pace_and_in_turn()
    {
        using var service = new Service(300, isToldByList: false, _ => TimeSpan.MaxValue) { IsListed = _ => false };

        service.WatchUntilAllAreTold(Interval, timeout: TimeSpan.FromHours(3));

        AssertPace(service.Requests);
        var looks = service.Looks.GroupBy(index => index).Select(group => group.Count()).ToArray();
        Assert.Equal(300, looks.Length);
        Assert.InRange(looks.Max() - looks.Min(), 0, 1);
    }

    [Theory]
    [InlineData(60, 14)]
    [InlineData(200, 20)]
    [InlineData(1000, 30)]
    public void An_item_that_ended_in_time_is_never_reported_as_running(int count, int seconds)
    {
        using var service = new Service(count, isToldByList: false, _ => EndsAt);
        var timeout = TimeSpan.FromSeconds(seconds);

        var told = service.WatchUntilAllAreTold(Interval, timeout);

        Assert.All(told, one => Assert.True(one.Result.IsComplete));
        Assert.Equal(count, told.Count);
        Assert.True(told[^1].At <= timeout + WaitDeadline.GracePeriod(count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(20)]
    [InlineData(1000)]
    public void Each_running_item_is_polled_once_more_at_the_timeout(int count)
    {
        using var service = new Service(count, isToldByList: true, _ => TimeSpan.MaxValue);
        var timeout = TimeSpan.FromSeconds(10.3);

        var told = service.WatchUntilAllAreTold(TimeSpan.FromSeconds(8), timeout);

        Assert.All(told, one =>
        {
            Assert.True(one.Result is { HasEnded: false, Failure: null });
            Assert.True(service.Since(one.Result.LookedAt!.Value) >= timeout);
        });
        Assert.Equal(count, told.Count);
        Assert.True(told[^1].At <= timeout + TimeSpan.FromSeconds(1) + (RequestPace.MinInterval * (count / 100)));
    }

    [Fact]
    public void The_item_polled_the_longest_ago_or_never_goes_first_at_the_timeout()
    {
        using var service = new Service(40, isToldByList: true, _ => TimeSpan.MaxValue) { IsListed = _ => false };

        service.WatchUntilAllAreTold(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));

        // The first of 58 requests in 15 s is for the list; then there is one for each.
        Assert.Equal(Enumerable.Range(0, 57 + 40).Select(look => look % 40), service.Looks);
    }

    private static void AssertPace(List<TimeSpan> requests)
    {
        var seconds = requests.Zip(requests.Skip(RequestPace.MaxPerSecond));
        Assert.All(seconds, pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(1)));
        Assert.All(requests.Zip(requests.Skip(4_500)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromHours(1)));
    }

    private sealed record Thing(string Id, bool HasEnded);

    /// <summary>A fake service whose items end at given times, and a watch of them.</summary>
    private sealed class Service : IDisposable
    {
        private readonly TestClock _clock = new();
        private readonly BatchExportClient _client;
        private readonly Func<int, TimeSpan> _endOf;
        private readonly int _count;
        private readonly bool _isToldByList;

        public Service(int count, bool isToldByList, Func<int, TimeSpan> endOf)
        {
            (_count, _isToldByList, _endOf) = (count, isToldByList, endOf);
            _client = new BatchExportClient(TestService.OptionsFor(new Uri("http://127.0.0.1:1"), "phx_test", _clock));
        }

        public Func<int, bool> IsListed { get; init; } = _ => true;

        public List<TimeSpan> Requests { get; } = [];

        public List<int> Looks { get; } = [];

        public TimeSpan EndOf(int index) => _endOf(index);

        public TimeSpan Since(DateTimeOffset at) => at - _clock.Start;

        public List<(WatchResult<int, Thing> Result, TimeSpan At)> WatchUntilAllAreTold(TimeSpan interval, TimeSpan? timeout)
        {
            var told = new List<(WatchResult<int, Thing>, TimeSpan)>();
            using var session = new WatchSession(_client, _clock, _count, timeout, interval, CancellationToken.None);
            var work = new ThingWatch(session, this, result => told.Add((result, Now))).RunAsync([.. Enumerable.Range(0, _count)]);
            while (!work.IsCompleted)
                _clock.Advance(RequestPace.MinInterval / 13);

            work.GetAwaiter().GetResult();
            return told;
        }

        public void Dispose() => _client.Dispose();

        private TimeSpan Now => Since(_clock.GetUtcNow());

        private Thing See(int index) => new(index.ToString(System.Globalization.CultureInfo.InvariantCulture), Now >= _endOf(index));

        private Thing Read(int index)
        {
            Requests.Add(Now);
            Looks.Add(index);
            return See(index);
        }

        private Page<Thing> ReadPage(int from)
        {
            Requests.Add(Now);
            return new Page<Thing> { Results = [.. Enumerable.Range(0, _count).Where(IsListed).Skip(from).Take(100).Select(See)] };
        }

        private sealed class ThingWatch(WatchSession session, Service service, Action<WatchResult<int, Thing>> handOut)
            : Watch<int, Thing>(session)
        {
            protected override void Report(WatchResult<int, Thing> result) => handOut(result);

            protected override object ListOf(int reference) => 0;

            protected override async IAsyncEnumerable<IReadOnlyList<Thing>> ListAsync(
                int reference,
                int count,
                PageScheduler<Thing> schedule)
            {
                for (var from = 0; from < service._count; from += 100)
                {
                    var start = from;
                    yield return (await schedule(_ => Task.FromResult(service.ReadPage(start)))).Results!;
                }
            }

            protected override Task<Thing> ReadAsync(WatchedItem<int, Thing> item, CancellationToken cancellationToken) =>
                Task.FromResult(service.Read(item.Reference));

            protected override IEnumerable<string?> KeysOf(Thing listed) => [listed.Id];

            protected override string KeyOf(int reference) => reference.ToString(System.Globalization.CultureInfo.InvariantCulture);

            protected override bool HasEnded(Thing polled) => polled.HasEnded;

            protected override bool IsCompleteInList(int reference) => service._isToldByList;

            protected override string Describe(IReadOnlyList<WatchedItem<int, Thing>> items) => "things";

            protected override async Task<Thing> CompleteAsync(WatchedItem<int, Thing> item, Thing ended)
            {
                if (service._isToldByList || service.Since(item.LookedAt) - service.Since(item.EndedBy!.Value) >= LongAgo)
                    return ended;

                await Task.Delay(Rest, Session.Time, Session.Deadline.End);
                return await AskAsync(item, token => ReadAsync(item, token));
            }
        }
    }
}
