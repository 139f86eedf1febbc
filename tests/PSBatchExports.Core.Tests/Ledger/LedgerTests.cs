using System.Text;
using PSBatchExports.Files.Disk;
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
    [InlineData("""{"event":"planned","at":"2026-12-01T00:00:00Z","model":"events","start":"2026-10-02T00:00:00Z","end":"2026-10-03T00:00:00Z","every":1e-9}""", 2)]
    [InlineData("""{"event":"planned","at":"2026-12-01T00:00:00Z","model":"events","start":"2026-10-02T00:00:00Z","end":"2026-10-03T00:00:00Z","every":1e300}""", 2)]
    [InlineData("""{"event":"planned","at":"2026-12-01T00:00:00Z","model":null,"start":"2026-10-02T00:00:00Z","end":"2026-10-03T00:00:00Z","every":86400}""", 2)]
    [InlineData("""{"event":"planned","at":"2026-12-01T00:00:00Z","model":"../x","start":"2026-10-02T00:00:00Z","end":"2026-10-03T00:00:00Z","every":86400}""", 2)]
    [InlineData("""{"event":"saved","at":"2026-12-01T00:00:01Z","model":"events","start":"2026-09-01T00:00:00Z","end":"2026-09-02T00:00:00Z","folder":"../x","files":[]}""", 2)]
    [InlineData("""{"event":"saved","at":"2026-12-01T00:00:01Z","model":"events","start":"2026-09-01T00:00:00Z","end":"2026-09-02T00:00:00Z","folder":"/x","files":[]}""", 2)]
    [InlineData("""{"event":"saved","at":"2026-12-01T00:00:01Z","model":"events","start":"2026-09-01T00:00:00Z","end":"2026-09-02T00:00:00Z","folder":"x","files":[null]}""", 2)]
    [InlineData("""{"event":"saved","at":"2026-12-01T00:00:01Z","model":"events","start":"2026-09-01T00:00:00Z","end":"2026-09-02T00:00:00Z","folder":"x","files":[{"name":"../y","fileId":"1","length":1,"sha256":"","proof":"None"}]}""", 2)]
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_ledger_on_a_disk_that_failed_takes_no_further_line_and_stays_readable(bool isFlush)
    {
        Write($"{Plan}\n");
        FailingFile? file = null;
        using (var writer = LedgerWriter.Open(_folder.Path, path => file = new FailingFile(path)))
        {
            (file!.FailsToWrite, file.FailsToFlush) = (!isFlush, isFlush);
            var line = new LedgerLine { Event = LedgerEvents.Started, At = default, Model = "events", Start = At(1), End = At(2), Run = "r1" };
            Assert.Throws<FileSaveException>(() => writer.Append(line with { Run = new string('r', 1000) }));

            (file.FailsToWrite, file.FailsToFlush) = (false, false);
            Assert.Throws<FileSaveException>(() => writer.Append(line));
        }

        Assert.InRange(LedgerReader.Read(FileName).Windows.First().RunId?.Length ?? 1000, 1000, 1000);
    }

    [Fact]
    public void A_line_that_does_not_fit_is_not_written()
    {
        Write($"{Plan}\n");
        using (var writer = LedgerWriter.Open(_folder.Path))
        {
            var line = new LedgerLine { Event = LedgerEvents.Started, At = default, Model = "events", Start = At(8), End = At(9), Run = "r1" };
            Assert.Throws<FormatException>(() => writer.Append(line));
        }

        Assert.Equal($"{Plan}\n", File.ReadAllText(FileName));
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

    /// <summary>Half of what is written to it arrives once the disk fails.</summary>
    private sealed class FailingFile(string path) : IDiskFile
    {
        private const int NoSpace = 28;

        private readonly LocalFile _file =
            new(File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite), path);

        public bool FailsToWrite { get; set; }

        public bool FailsToFlush { get; set; }

        public long Length => _file.Length;

        public void SetLength(long length) => _file.SetLength(length);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            _file.Write(offset, FailsToWrite ? bytes[..(bytes.Length / 2)] : bytes);
            FailIf(FailsToWrite);
        }

        public int Read(long offset, Span<byte> bytes) => _file.Read(offset, bytes);

        public void SetModifiedAt(DateTimeOffset time) => _file.SetModifiedAt(time);

        public void Flush()
        {
            FailIf(FailsToFlush);
            _file.Flush();
        }

        public Stream OpenRead() => _file.OpenRead();

        public void Dispose() => _file.Dispose();

        private static void FailIf(bool fails)
        {
            if (fails)
                throw new IOException("No space left on device", NoSpace);
        }
    }

    private static DateTimeOffset At(int day) => new(2026, 9, day, 0, 0, 0, TimeSpan.Zero);
}
