using System.Text;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Compares the rows of a run's files with the number that the service says it exported.</summary>
public sealed class RunRowTests
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");

    [Fact]
    public async Task Equal_row_counts_prove_the_rows()
    {
        using var storage = Storage(records: 3);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, configure: Verified);

        Assert.Equal((3, FileProof.Rows), (outcome.Saved!.Records, outcome.Saved.Proof));
        Assert.Empty(storage.Warnings);
    }

    [Fact]
    public async Task Different_row_counts_are_an_error_that_names_both_and_renames_the_file()
    {
        using var storage = Storage(records: 4);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, configure: Verified);

        var failure = Assert.IsType<FileSaveException>(outcome.Failure);
        Assert.Equal(FileSaveFailure.RowsDiffer, failure.Reason);
        Assert.Contains("exported 4 rows, but its file holds 3", failure.Message, StringComparison.Ordinal);
        Assert.Equal($"{RawStorage.FileName}.unproven", Assert.Single(folder.Entries));
    }

    [Fact]
    public async Task A_rejected_run_is_downloaded_again()
    {
        using var wrong = Storage(records: 4);
        using var right = Storage(records: 3);
        using var folder = new TestFolder();

        await wrong.SaveAsync(folder, configure: Verified);
        var outcome = await right.SaveAsync(folder, configure: Verified);

        Assert.Equal((false, FileProof.Rows), (outcome.Saved!.WasPresent, outcome.Saved.Proof));
    }

    [Fact]
    public async Task Files_that_were_present_are_counted_and_keep_their_names()
    {
        using var first = Storage(records: 3);
        using var second = Storage(records: 4);
        using var folder = new TestFolder();

        await first.SaveAsync(folder, configure: Verified);
        var outcome = await second.SaveAsync(folder, configure: Verified);

        Assert.Equal(FileSaveFailure.RowsDiffer, Assert.IsType<FileSaveException>(outcome.Failure).Reason);
        Assert.Equal(RawStorage.FileName, Assert.Single(folder.Entries));
    }

    [Fact]
    public async Task A_run_without_a_row_count_is_saved_with_a_warning()
    {
        using var storage = Storage(records: null);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder, configure: Verified);

        Assert.Equal((3, FileProof.Length), (outcome.Saved!.Records, outcome.Saved.Proof));
        Assert.Contains("were not compared", Assert.Single(storage.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_are_neither_counted_nor_compared_without_verification()
    {
        using var storage = Storage(records: 4);
        using var folder = new TestFolder();

        var outcome = await storage.SaveAsync(folder);

        Assert.Equal((null, FileProof.Length), (outcome.Saved!.Records, outcome.Saved.Proof));
        Assert.Empty(storage.Warnings);
    }

    private static SaveOptions Verified(SaveOptions options) => options with { Verify = true };

    private static RawStorage Storage(long? records) => new(request =>
    {
        var (first, last) = (request.First ?? 0, Math.Min(request.Last ?? int.MaxValue, Content.Length - 1));
        return
        [
            RawServer.Answer(
                Content[first..(last + 1)],
                $"ETag: \"v1\"\r\nContent-Range: bytes {first}-{last}/{Content.Length}\r\nLast-Modified: Wed, 07 Oct 2026 12:00:00 GMT\r\n",
                "206 Partial Content"),
        ];
    })
    {
        Records = records,
    };
}
