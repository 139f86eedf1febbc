using System.Globalization;
using System.Text;
using PSBatchExports.Files.Disk;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>File systems that do not keep the time of a file, or not to the second.</summary>
public sealed class FileTimeTests
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes("{\"event\":\"first\"}\n{\"event\":\"second\"}\n");

    public static TheoryData<string> Refusals { get; } = ["access", "permission", "support", "platform", "argument"];

    [Theory]
    [InlineData("12:00:01", "12:00:01", true)]
    [InlineData("12:00:00", "12:00:01", true)]
    [InlineData("12:00:02", "12:00:01", true)]
    [InlineData("12:00:00", "12:00:02", false)]
    [InlineData("12:00:01", "12:00:02", false)]
    [InlineData("12:00:00.5", "12:00:01", false)]
    [InlineData("12:00:04", "12:00:01", false)]
    public void A_second_too_few_or_too_many_is_allowed_only_where_seconds_are_even(string kept, string given, bool areSame) =>
        Assert.Equal(areSame, FileTimes.AreSame(Time(kept), Time(given)));

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_time_that_cannot_be_set_does_not_cost_the_file(string refusal)
    {
        using var storage = Storage("12:00:01");
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, configure: On(new LimitedDisk { CannotSetTimes = true, Refusal = () => Refuse(refusal) }));

        Assert.Null(outcome.Failure);
        Assert.Equal(RawStorage.FileName, Assert.Single(folder.Entries));
    }

    [Theory]
    [InlineData("12:00:01", 0)]
    [InlineData("12:00:01", 1)]
    [InlineData("12:00:02", 0)]
    public async Task In_steps_of_two_seconds_the_file_is_known_again_and_not_fetched(string time, int roundedUp)
    {
        using var storage = Storage(time);
        using var folder = new TestFolder();
        var disk = new LimitedDisk { Keep = given => given.AddTicks(-(given.UtcTicks % (2 * TimeSpan.TicksPerSecond))).AddSeconds(given.Second % 2 * roundedUp * 2) };

        await storage.SaveAsync(folder, configure: On(disk));
        var again = await storage.SaveAsync(folder, configure: On(disk));

        Assert.True(again.Saved!.WasPresent);
        Assert.Equal(0, storage.Requests[^1].Last);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    [InlineData(-1)]
    public async Task A_file_of_another_time_is_not_taken_for_it(int seconds)
    {
        using var storage = Storage("12:00:02");
        using var folder = new TestFolder();
        await storage.SaveAsync(folder);

        var outcome = await storage.SaveAsync(folder, configure: On(new LimitedDisk { OtherTime = Time("12:00:02").AddSeconds(seconds) }));

        var failure = Assert.IsType<FileSaveException>(outcome.Failure);
        Assert.Equal(FileSaveFailure.Exists, failure.Reason);
        Assert.Contains("cannot be compared", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_no_time_is_kept_the_tag_decides(bool singlePartTags)
    {
        await using var download = await Download.StartAsync(options => options with { SinglePartTags = singlePartTags });
        var disk = new LimitedDisk { CannotSetTimes = true, OtherTime = Time("03:00:00") };
        var first = await download.SaveAsync(options => options with { Disk = disk });

        var again = await download.SaveAsync(options => options with { Disk = disk });
        var changed = await File.ReadAllBytesAsync(first.FullName);
        changed[^2] ^= 1;
        await File.WriteAllBytesAsync(first.FullName, changed);
        var other = await download.TryAsync(options => options with { Disk = disk });

        Assert.Equal((true, FileProof.Bytes), (again.WasPresent, again.Proof));
        Assert.Equal(FileSaveFailure.Exists, Assert.IsType<FileSaveException>(other.Failure).Reason);
        Assert.Equal(changed, await File.ReadAllBytesAsync(first.FullName));
    }

    private static Func<SaveOptions, SaveOptions> On(LimitedDisk disk) => options => options with { Disk = disk };

    private static DateTimeOffset Time(string time) => DateTimeOffset.Parse($"2026-10-07T{time}Z", CultureInfo.InvariantCulture);

    private static Exception Refuse(string kind) => kind switch
    {
        "access" => new UnauthorizedAccessException(),
        "permission" => new IOException("Operation not permitted", 1),
        "support" => new NotSupportedException(),
        "platform" => new PlatformNotSupportedException(),
        _ => new ArgumentOutOfRangeException(),
    };

    private static RawStorage Storage(string time) => new(request =>
    {
        var (first, last) = (request.First ?? 0, Math.Min(request.Last ?? int.MaxValue, Content.Length - 1));
        return
        [
            RawServer.Answer(
                Content[first..(last + 1)],
                $"ETag: \"v1\"\r\nContent-Range: bytes {first}-{last}/{Content.Length}\r\nLast-Modified: {Time(time):R}\r\n",
                "206 Partial Content"),
        ];
    });
}
