using System.Text;
using PSBatchExports.Files.Download;
using PSBatchExports.Files.Storage;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class PartialJournalTests
{
    private static readonly PartialHeader Header = new("0195f1c2-0000-0000-0000-000000000001", 1_000_000, "\"0123456789abcdef-2\"");

    private static readonly byte[] Whole =
    [
        .. PartialJournal.Begin(Header),
        .. PartialJournal.Lines([new(0, 4096), new(131072, 262144)]),
        .. PartialJournal.Lines([new(4096, 8192)]),
    ];

    [Fact]
    public void A_journal_is_read_as_it_was_written()
    {
        var (header, finished) = PartialJournal.Read(Whole, Header.FileId)!.Value;

        Assert.Equal(Header, header);
        Assert.Equal([new(0, 8192), new(131072, 262144)], finished.Ranges);
    }

    [Fact]
    public void A_truncated_journal_claims_no_bytes_that_are_missing()
    {
        for (var length = 0; length <= Whole.Length; length++)
        {
            if (PartialJournal.Read(Whole[..length], Header.FileId) is not { } read)
                continue;

            Assert.Equal(Header, read.Header);
            Assert.All(
                read.Finished.Ranges,
                range => Assert.True(
                    range is { Start: >= 0, End: <= 8192 } or { Start: >= 131072, End: <= 262144 }, $"{range} of {length} bytes"));
        }
    }

    [Fact]
    public void Lines_after_a_truncated_line_are_read()
    {
        byte[] resumed = [.. Whole[..^3], .. "\n"u8, .. PartialJournal.Lines([new(300_000, 400_000)])];

        Assert.Contains(new ByteRange(300_000, 400_000), PartialJournal.Read(resumed, Header.FileId)!.Value.Finished.Ranges);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("not json\n0-10\n")]
    [InlineData("[]\n0-10\n")]
    [InlineData("{}\n0-10\n")]
    [InlineData("{\"version\":2,\"fileId\":\"0195f1c2-0000-0000-0000-000000000001\",\"length\":100,\"validator\":\"x\"}\n0-10\n")]
    [InlineData("{\"version\":1,\"fileId\":\"0195f1c2-0000-0000-0000-000000000001\",\"length\":\"100\",\"validator\":\"x\"}\n0-10\n")]
    [InlineData("{\"version\":1,\"fileId\":\"0195f1c2-0000-0000-0000-000000000001\",\"length\":100,\"validator\":null}\n0-10\n")]
    [InlineData("{\"version\":1,\"fileId\":\"0195f1c2-0000-0000-0000-000000000002\",\"length\":100,\"validator\":\"x\"}\n0-10\n")]
    public void A_journal_that_is_damaged_or_of_another_file_is_ignored(string text) =>
        Assert.Null(PartialJournal.Read(Encoding.UTF8.GetBytes(text), Header.FileId));

    [Theory]
    [InlineData("0-2000000")]
    [InlineData("10-5")]
    [InlineData("-5-10")]
    [InlineData("1-2-3")]
    [InlineData("\0\0\0\0")]
    [InlineData("99999999999999999999-5")]
    public void Invalid_lines_of_a_journal_are_skipped(string line)
    {
        byte[] journal = [.. PartialJournal.Begin(Header), .. Encoding.UTF8.GetBytes(line + "\n"), .. PartialJournal.Lines([new(7, 9)])];

        Assert.Equal([new(7, 9)], PartialJournal.Read(journal, Header.FileId)!.Value.Finished.Ranges);
    }

    [Theory]
    [InlineData("\"v1\"\r\nX-Injected: yes")]
    [InlineData("v1")]
    [InlineData("\"v\"1\"")]
    [InlineData("W/\"v1\"")]
    [InlineData("\"v1\"\n")]
    public void A_journal_whose_validator_is_no_entity_tag_is_ignored(string validator)
    {
        byte[] journal = [.. PartialJournal.Begin(new PartialHeader("id", 10, validator)), .. PartialJournal.Lines([new ByteRange(0, 5)])];

        Assert.Null(PartialJournal.Read(journal, "id"));
    }
}
