using PSBatchExports.Ranges;
using Xunit;

namespace PSBatchExports.Core.Tests.Ranges;

public sealed class WindowFoldersTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestFolder _root = new();
    private readonly WindowFolders _folders;

    public WindowFoldersTests() => _folders = new WindowFolders(_root.Path);

    [Fact]
    public void A_window_whose_files_are_partly_published_is_published_whole()
    {
        var window = Window("a-0.jsonl", "a-1.jsonl");
        Write(_folders.PathOf(window), "a-0.jsonl");
        Write(_folders.IncomingOf(window), "a-1.jsonl");

        Assert.True(_folders.IsWhole(window));
        Assert.Equal(["a-0.jsonl", "a-1.jsonl"], NamesIn(_folders.Publish(window)));
        Assert.False(Directory.Exists(_folders.IncomingOf(window)));
    }

    [Fact]
    public void Files_of_an_earlier_save_are_removed_when_fewer_are_published()
    {
        var window = Window("a-0.jsonl") with { EarlierFiles = ["a-0.jsonl", "a-1.jsonl"] };
        Write(_folders.PathOf(window), "a-0.jsonl", "old");
        Write(_folders.PathOf(window), "a-1.jsonl", "old");
        Write(_folders.PathOf(window), "_SUCCESS");
        Write(_folders.IncomingOf(window), "a-0.jsonl");

        var folder = _folders.Publish(window);
        Assert.Equal(["_SUCCESS", "a-0.jsonl"], NamesIn(folder));
        Assert.Equal("text", File.ReadAllText(Path.Combine(folder, "a-0.jsonl")));
    }

    [Fact]
    public void Data_of_others_keep_the_name_of_a_folder()
    {
        var window = Window("a-0.jsonl");
        Write(_folders.PathOf(window), "mine.jsonl");
        Write(_folders.IncomingOf(window), "a-0.jsonl");

        Assert.Equal(FileSaveFailure.Exists, Assert.Throws<FileSaveException>(() => _folders.Publish(window)).Reason);
        Assert.Equal(["mine.jsonl"], NamesIn(_folders.PathOf(window)));
        Assert.Equal(["a-0.jsonl"], NamesIn(_folders.IncomingOf(window)));
    }

    [Theory]
    [InlineData("text", true)]
    [InlineData("tex", false)]
    public void A_window_is_whole_if_its_files_have_their_lengths(string text, bool isWhole)
    {
        var window = Window("a-0.jsonl");
        Write(_folders.PathOf(window), "a-0.jsonl", text);
        Assert.Equal(isWhole, _folders.IsWhole(window));
    }

    public void Dispose() => _root.Dispose();

    private static BatchExportLedgerEntry Window(params string[] names) => new()
    {
        Model = "events",
        Start = Start,
        End = Start.AddDays(1),
        State = LedgerState.Saved,
        At = Start,
        Files = [.. names.Select(name => new LedgerFile(name, name, 4, "", null, null, default))],
    };

    private static void Write(string folder, string name, string text = "text")
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name), text);
    }

    private static IEnumerable<string?> NamesIn(string folder) =>
        Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
