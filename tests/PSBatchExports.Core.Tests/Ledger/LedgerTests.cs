using System.Text;
using PSBatchExports.Ledger;
using Xunit;

namespace PSBatchExports.Core.Tests.Ledger;

public sealed class LedgerTests : IDisposable
{
    private const string Plan =
        """{"event":"planned","at":"2026-12-01T00:00:00Z","model":"events","start":"2026-09-01T00:00:00Z","end":"2026-09-03T00:00:00Z","every":86400}""";

    private const string Started =
        """{"event":"started","at":"2026-12-01T00:00:01Z","model":"events","start":"2026-09-01T00:00:00Z","end":"2026-09-02T00:00:00Z","run":"r1"}""";

    private readonly TestFolder _folder = new();

    private string FileName => Path.Combine(_folder.Path, LedgerReader.FileName);

    [Fact]
    public void A_plan_is_a_window_for_each_step()
    {
        Write($"{Plan}\n{Started}\n");
        Assert.Equal(
            ["Started r1", "Planned "],
            LedgerReader.Read(FileName).Windows.Select(window => $"{window.State} {window.RunId}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"event\":\"sta")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    public void A_line_that_was_not_written_to_its_end_is_read_over(string torn)
    {
        Write($"{Plan}\n{torn}");
        Assert.Equal(2, LedgerReader.Read(FileName).Windows.Count);

        using (var writer = LedgerWriter.Open(_folder.Path))
            writer.Append(new LedgerLine { Event = LedgerEvents.Started, At = default, Model = "events", Start = At(1), End = At(2), Run = "r1" });

        Assert.Equal("r1", LedgerReader.Read(FileName).Windows.First().RunId);
        Assert.Equal(2, File.ReadAllLines(FileName).Length);
    }

    [Theory]
    [InlineData("not JSON", 2)]
    [InlineData("""{"event":"started","at":"2026-12-01T00:00:01Z","model":"events","start":"2026-08-01T00:00:00Z","end":"2026-08-02T00:00:00Z","run":"r1"}""", 2)]
    [InlineData("""{"event":"planned","at":"2026-12-01T00:00:00Z","model":"events","start":"2026-09-02T00:00:00Z","end":"2026-09-03T00:00:00Z","every":60}""", 2)]
    [InlineData("""{"event":"settings","at":"2026-12-01T00:00:00Z","model":"events","version":2,"settings":{"host":"h","project":"1"}}""", 2)]
    [InlineData("""{"event":"started","at":"2026-12-01T00:00:01Z","model":"events","start":"2026-09-01T00:00:00Z","end":"2026-09-02T00:00:00Z"}""", 2)]
    public void A_damaged_line_is_an_error_that_names_it(string line, int number)
    {
        Write($"{Plan}\n{line}\n");
        var failure = Assert.Throws<LedgerException>(() => LedgerReader.Read(FileName));
        Assert.Equal((FileName, number), (failure.Ledger, failure.Line));
        Assert.Throws<LedgerException>(() => LedgerWriter.Open(_folder.Path));
        Assert.Equal($"{Plan}\n{line}\n", File.ReadAllText(FileName));
    }

    [Fact]
    public void A_ledger_can_be_read_while_it_is_written()
    {
        Write($"{Plan}\n");
        using var writer = LedgerWriter.Open(_folder.Path);
        Assert.Equal(2, LedgerReader.Read(FileName).Windows.Count);
        Assert.Throws<FileSaveException>(() => LedgerWriter.Open(_folder.Path));
    }

    [Fact]
    public void A_split_replaces_a_window_by_two()
    {
        Write($$"""
            {{Plan}}
            {"event":"split","at":"2026-12-01T00:00:02Z","model":"events","start":"2026-09-01T00:00:00Z","end":"2026-09-02T00:00:00Z","middle":"2026-09-01T12:00:00Z"}

            """.ReplaceLineEndings("\n"));
        Assert.Equal(
            ["00:00-12:00", "12:00-00:00", "00:00-00:00"],
            LedgerReader.Read(FileName).Windows.Select(window => $"{window.Start:HH:mm}-{window.End:HH:mm}"));
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string text) => File.WriteAllBytes(FileName, Encoding.UTF8.GetBytes(text));

    private static DateTimeOffset At(int day) => new(2026, 9, day, 0, 0, 0, TimeSpan.Zero);
}
