using System.Text;
using PSBatchExports.Proofs;
using Xunit;

namespace PSBatchExports.Core.Tests;

public sealed class RowKeyStoreTests
{
    [Theory]
    [InlineData(768 * 1024)]
    [InlineData(30)]
    public void Duplicates_are_found_whether_or_not_they_fit_into_memory(int maxSortedKeys)
    {
        using var store = new RowKeyStore(maxSortedKeys);
        var keys = Enumerable.Range(0, 10_000).Select(number => Key($"row {number}", number % 3)).ToArray();
        store.Add(keys);
        store.Add([keys[7] with { Window = 2 }, keys[9_999]]);

        Assert.Equal([(keys[9_999], keys[9_999]), (keys[7], keys[7] with { Window = 2 })], Duplicates(store));
    }

    [Fact]
    public void A_row_that_is_there_very_often_takes_no_more_memory()
    {
        using var store = new RowKeyStore(maxSortedKeys: 100);
        var key = Key("row", 0);
        store.Add(Enumerable.Repeat(key, 50_000).ToArray());

        Assert.Equal(49_999, Duplicates(store).Count);
    }

    [Fact]
    public void Rows_of_different_scopes_are_different()
    {
        using var store = new RowKeyStore();
        var uuid = Encoding.UTF8.GetBytes($"{Guid.NewGuid()}");
        store.Add([RowKey.Of(uuid, scope: 0, window: 0), RowKey.Of(uuid, scope: 1, window: 1)]);

        Assert.Empty(Duplicates(store));
    }

    [Fact]
    public void A_UUID_is_the_same_row_in_upper_case()
    {
        var uuid = "0190a1b2-0000-7000-8000-00000000abcd";
        var key = RowKey.Of(Encoding.UTF8.GetBytes(uuid), scope: 3, window: 0);

        Assert.Equal(key, RowKey.Of(Encoding.UTF8.GetBytes(uuid.ToUpperInvariant()), scope: 3, window: 0));
        Assert.Equal(Guid.Parse(uuid), key.ToUuid(scope: 3));
    }

    [Fact]
    public void The_temporary_file_of_a_killed_process_does_not_remain_on_Unix()
    {
        using var folder = new TestFolder();
        using (var store = new RowKeyStore(folder: folder.Path))
        {
            store.Add(Enumerable.Repeat(Key("row", 0), 5000).ToArray());
            Assert.Equal(OperatingSystem.IsWindows() ? 1 : 0, Directory.GetFiles(folder.Path).Length);
            Assert.Equal(4999, Duplicates(store).Count);
        }

        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_folder_that_cannot_take_the_temporary_file_is_named()
    {
        using var folder = new TestFolder();
        using var store = new RowKeyStore(folder: Path.Combine(folder.Path, "missing"));
        var failure = Assert.Throws<FileSaveException>(() => store.Add(Enumerable.Repeat(Key("row", 0), 5000).ToArray()));
        Assert.Equal(Path.Combine(folder.Path, "missing"), failure.Path);
    }

    [Fact]
    public void The_temporary_file_is_deleted_when_the_search_is_stopped()
    {
        var before = TemporaryFiles();
        using (var store = new RowKeyStore(maxSortedKeys: 100))
        {
            store.Add(Enumerable.Range(0, 400_000).Select(number => Key($"row {number}", 0)).ToArray());
            Assert.Throws<OperationCanceledException>(() => store.FindDuplicates((_, _) => { }, new CancellationToken(canceled: true)));
        }

        Assert.Empty(TemporaryFiles().Except(before));
    }

    private static RowKey Key(string text, int window) => RowKey.Of(Encoding.UTF8.GetBytes(text), scope: 0, window);

    private static List<(RowKey First, RowKey Other)> Duplicates(RowKeyStore store)
    {
        var found = new List<(RowKey First, RowKey Other)>();
        store.FindDuplicates((first, other) => found.Add((first, other)), CancellationToken.None);
        return [.. found.OrderBy(pair => pair.First.Window)];
    }

    private static string[] TemporaryFiles() => Directory.GetFiles(Path.GetTempPath(), $"psbatchexports-{Environment.ProcessId}-*.keys");
}
