using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Download;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class PartialFileTests
{
    private const string FileId = "0195f1c2-0000-0000-0000-000000000001";
    private const int Length = 20_000;
    private const string Validator = "\"v1\"";

    private static readonly string Target = Path.Combine("folder", "target");
    private static readonly string Data = Path.Combine("folder", $".{FileId}.partial");
    private static readonly TransferSizes Sizes = TransferSizes.Default with { MinKept = 100 };
    private static readonly byte[] Content = Enumerable.Range(0, Length).Select(at => (byte)(1 + (at % 251))).ToArray();

    [Fact]
    public async Task A_complete_file_gets_its_name_and_leaves_nothing_else()
    {
        var disk = new UnflushedDisk();
        var modified = new DateTimeOffset(2026, 10, 7, 1, 2, 3, TimeSpan.Zero);

        await using (var partial = Begin(disk, new TestClock()))
        {
            Write(partial, 0, Length);
            await partial.CompleteAsync(Target, overwrite: false, modified, CancellationToken.None);
        }

        Assert.Equal(["target"], disk.Paths);
        Assert.Equal(Content, disk.Read(Target));
        Assert.Equal(modified, disk.ModifiedAt(Target));
    }

    [Fact]
    public async Task A_file_is_flushed_before_it_gets_its_name()
    {
        var disk = new UnflushedDisk();
        await using (var partial = Begin(disk, new TestClock()))
        {
            Write(partial, 0, Length);
            await partial.CompleteAsync(Target, overwrite: false, modifiedAt: null, CancellationToken.None);
        }

        Assert.Equal(Content, disk.AfterPowerCut(new Random(1)).Read(Target));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task The_journal_is_right_after_a_power_cut_at_any_time(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 15; round++)
        {
            var disk = new UnflushedDisk();
            var clock = new TestClock();
            for (var cuts = 0; !disk.Exists(Target); cuts++)
            {
                await using var partial = Partials(disk, clock).Claim(FileId, resume: true);
                if (partial.Header is null)
                    partial.Begin(Target, Length, Validator);

                var plan = new RangePlan(Length, Written(disk, partial), connections: 3, new TransferSizes(1000, 500, 4000, 1));
                var steps = random.Next(1, 12);
                while (plan.Next() is { } range)
                {
                    for (var at = range.Start; at < range.End; at += 300)
                        Write(partial, at, Math.Min(300, range.End - at));

                    clock.Advance(TimeSpan.FromMilliseconds(random.Next(700)));
                    if (--steps == 0 && cuts < 20)
                        break;
                }

                if (partial.Bytes == Length)
                    await partial.CompleteAsync(Target, overwrite: false, modifiedAt: null, CancellationToken.None);

                await partial.FlushedAsync();
                disk = disk.AfterPowerCut(random);
            }

            Assert.Equal(Content, disk.Read(Target));
        }
    }

    [Fact]
    public async Task A_partial_file_is_flushed_at_most_once_a_second()
    {
        var disk = new UnflushedDisk();
        var clock = new TestClock();
        await using var partial = Begin(disk, clock);

        for (var at = 0; at < 10_000; at += 100)
        {
            Write(partial, at, 100);
            await partial.FlushedAsync();
            clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(disk.Flushes[Data], 9, 10);
        Assert.DoesNotContain(Data + ".state", disk.Flushes.Keys);
    }

    [Fact]
    public async Task A_partial_file_keeps_all_its_bytes_on_leaving()
    {
        var disk = new UnflushedDisk();
        await using (var partial = Begin(disk, new TestClock()))
            Write(partial, 500, 1000);

        await using var resumed = Partials(disk, new TestClock()).Claim(FileId, resume: true);
        Assert.Equal((1000, Validator, Length), (resumed.ResumedBytes, resumed.Header!.Validator, resumed.Header.Length));
    }

    [Fact]
    public async Task A_partial_file_that_is_too_small_is_deleted()
    {
        var disk = new UnflushedDisk();
        await using (var partial = Begin(disk, new TestClock()))
            Write(partial, 0, (int)Sizes.MinKept - 1);

        Assert.Empty(disk.Paths);
    }

    [Fact]
    public async Task A_partial_file_without_a_validator_is_deleted()
    {
        var disk = new UnflushedDisk();
        await using (var partial = Partials(disk, new TestClock()).Claim(FileId, resume: true))
        {
            partial.Begin(Target, Length, validator: null);
            Write(partial, 0, Length / 2);
        }

        Assert.Empty(disk.Paths);
    }

    [Fact]
    public async Task A_claim_without_resume_empties_the_partial_file()
    {
        var disk = new UnflushedDisk();
        await using (var partial = Begin(disk, new TestClock()))
            Write(partial, 0, 1000);

        await using var fresh = Partials(disk, new TestClock()).Claim(FileId, resume: false);

        Assert.Null(fresh.Header);
        Assert.Empty(disk.Read(Data));
        Assert.Equal([Path.GetFileName(Data)], disk.Paths);
    }

    [Fact]
    public async Task A_partial_file_is_claimed_only_once()
    {
        var disk = new UnflushedDisk();
        await using var first = Begin(disk, new TestClock());
        Write(first, 0, 1000);

        foreach (var resume in new[] { true, false })
        {
            var failure = Assert.Throws<FileSaveException>(() => Partials(disk, new TestClock()).Claim(FileId, resume));
            Assert.Equal(FileSaveFailure.InUse, failure.Reason);
        }
    }

    [Fact]
    public async Task A_target_that_appeared_during_the_download_is_kept()
    {
        var disk = new UnflushedDisk();
        await using var partial = Begin(disk, new TestClock());
        Write(partial, 0, Length);
        disk.OpenExclusive(Target, create: true, Unexpected)!.Dispose();

        var failure = await Assert.ThrowsAsync<FileSaveException>(
            () => partial.CompleteAsync(Target, overwrite: false, modifiedAt: null, CancellationToken.None));

        Assert.Equal(FileSaveFailure.Exists, failure.Reason);
        Assert.Empty(disk.Read(Target));
    }

    [Fact]
    public async Task A_partial_file_is_locked_before_its_first_byte()
    {
        var disk = new UnflushedDisk();
        await using var first = Partials(disk, new TestClock()).Claim(FileId, resume: true);

        var failure = Assert.Throws<FileSaveException>(() => Partials(disk, new TestClock()).Claim(FileId, resume: true));

        Assert.Equal(FileSaveFailure.InUse, failure.Reason);
    }

    [Fact]
    public async Task A_partial_file_that_another_command_replaced_gets_no_final_name()
    {
        var disk = new UnflushedDisk();
        await using var first = Begin(disk, new TestClock());
        Write(first, 0, Length);
        disk.DeleteIgnoringLocks(Data);
        disk.DeleteIgnoringLocks(Data + ".state");
        await using var second = Begin(disk, new TestClock());
        Write(second, 0, Length / 2);

        await Assert.ThrowsAsync<FileSaveException>(
            () => first.CompleteAsync(Target, overwrite: false, modifiedAt: null, CancellationToken.None));
        await first.LeaveAsync();

        Assert.False(disk.Exists(Target));
        Assert.Equal(0, first.KeptBytes);
        Write(second, Length / 2, Length / 2);
        await second.CompleteAsync(Target, overwrite: false, modifiedAt: null, CancellationToken.None);
        Assert.Equal(Content, disk.Read(Target));
    }

    [Fact]
    public async Task A_flush_that_fails_at_the_end_leaves_no_file_and_no_journal_line()
    {
        var disk = new UnflushedDisk();
        await using var partial = Begin(disk, new TestClock());
        Write(partial, 0, Length);
        disk.FlushFailure = new IOException("No space after all.", FileSystemErrors.NoSpace);

        var failure = await Assert.ThrowsAsync<FileSaveException>(
            () => partial.CompleteAsync(Target, overwrite: false, modifiedAt: null, CancellationToken.None));

        Assert.Equal(FileSaveFailure.DiskFull, failure.Reason);
        Assert.False(disk.Exists(Target));
        Assert.Equal(0, PartialJournal.Read(disk.Read(Data + ".state"), FileId)!.Value.Finished.Bytes);
    }

    [Fact]
    public async Task A_partial_file_is_completed_even_if_its_time_cannot_be_set()
    {
        var disk = new UnflushedDisk { CannotSetTimes = true };
        await using var partial = Begin(disk, new TestClock());
        Write(partial, 0, Length);

        await partial.CompleteAsync(Target, overwrite: false, DateTimeOffset.UnixEpoch, CancellationToken.None);

        Assert.Equal(["target"], disk.Paths);
    }

    [Fact]
    public async Task A_disk_that_does_not_respond_does_not_block_cancellation()
    {
        using var frozen = new ManualResetEventSlim();
        var disk = new UnflushedDisk { BeforeFlush = frozen.Wait };
        var clock = new TestClock();
        await using var partial = Begin(disk, clock);
        Write(partial, 0, Length);
        using var stop = new CancellationTokenSource();

        var completion = partial.CompleteAsync(Target, overwrite: false, modifiedAt: null, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => completion);
        var isLeft = partial.DisposeAsync().AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(400));
        await isLeft.WithTimeout();
        frozen.Set();
    }

    [Fact]
    public async Task A_full_disk_is_an_error_before_the_first_byte()
    {
        var disk = new UnflushedDisk { Capacity = Length - 1 };
        await using (var partial = Partials(disk, new TestClock()).Claim(FileId, resume: true))
        {
            var failure = Assert.Throws<FileSaveException>(() => partial.Begin(Target, Length, Validator));

            Assert.Equal((FileSaveFailure.DiskFull, Target), (failure.Reason, failure.Path));
        }

        Assert.Empty(disk.Paths);
    }

    [Fact]
    public async Task A_flush_that_fails_ends_the_download()
    {
        var disk = new UnflushedDisk { FlushFailure = new IOException("Full after all.", FileSystemErrors.NoSpace) };
        var clock = new TestClock();
        await using var partial = Begin(disk, clock);
        clock.Advance(TimeSpan.FromSeconds(2));
        Write(partial, 0, 100);
        await partial.FlushedAsync();

        var failure = Assert.Throws<FileSaveException>(() => Write(partial, 100, 100));

        Assert.Equal(FileSaveFailure.DiskFull, failure.Reason);
    }

    private static void Unexpected(string aside) => Assert.Fail($"'{aside}' was put aside.");

    private static PartialFiles Partials(UnflushedDisk disk, TestClock clock) => new(disk, clock, Sizes, "folder", Unexpected);

    private static PartialFile Begin(UnflushedDisk disk, TestClock clock)
    {
        var partial = Partials(disk, clock).Claim(FileId, resume: true);
        partial.Begin(Target, Length, Validator);
        return partial;
    }

    private static void Write(PartialFile partial, long at, long length) =>
        partial.Write(at, Content.AsSpan((int)at, (int)length));

    /// <summary>The ranges that the journal of a resumed file claims, after a check that they are right.</summary>
    private static RangeSet Written(UnflushedDisk disk, PartialFile partial)
    {
        var there = new RangeSet();
        if (partial.ResumedBytes == 0)
            return there;

        var bytes = disk.Read(Data);
        foreach (var range in PartialJournal.Read(disk.Read(Data + ".state"), FileId)!.Value.Finished.Ranges)
        {
            Assert.True(
                Content.AsSpan((int)range.Start, (int)range.Length).SequenceEqual(bytes.AsSpan((int)range.Start, (int)range.Length)),
                $"{range} is in the journal but not on the disk.");
            there.Add(range);
        }

        return there;
    }
}
