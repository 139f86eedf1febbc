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
    public void A_time_may_be_rounded_only_to_an_even_second(string kept, string given, bool areSame) =>
        Assert.Equal(areSame, FileTimes.AreSame(Time(kept), Time(given)));

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_file_is_saved_even_if_its_time_cannot_be_set(string refusal)
    {
        using var storage = Storage("12:00:01");
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(
            folder,
            configure: On(new LimitedDisk { CannotSetTimes = true, Refusal = () => Refuse(refusal) }));

        Assert.Null(outcome.Failure);
        Assert.Equal(RawStorage.FileName, Assert.Single(folder.Entries));
    }

    [Theory]
    [InlineData("12:00:01", 0)]
    [InlineData("12:00:01", 1)]
    [InlineData("12:00:02", 0)]
    public async Task A_file_with_a_rounded_time_is_not_downloaded_again(string time, int roundedUp)
    {
        using var storage = Storage(time);
        using var folder = new TestFolder();
        var disk = new LimitedDisk { Keep = RoundToEvenSecond };

        await storage.SaveAsync(folder, configure: On(disk));
        var again = await storage.SaveAsync(folder, configure: On(disk));

        Assert.True(again.Saved!.WasPresent);
        Assert.Equal(0, storage.Requests[^1].Last);

        DateTimeOffset RoundToEvenSecond(DateTimeOffset time)
        {
            var roundedDown = time.AddTicks(-(time.UtcTicks % (2 * TimeSpan.TicksPerSecond)));
            return roundedDown.AddSeconds(time.Second % 2 * roundedUp * 2);
        }
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    [InlineData(-1)]
    public async Task A_file_with_another_time_does_not_count_as_saved(int seconds)
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
    public async Task The_tag_decides_on_a_disk_that_keeps_no_times(bool singlePartTags)
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
