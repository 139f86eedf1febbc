using Xunit;

namespace PSBatchExports.Core.Tests.Reports;

/// <summary>A page is saved whole or not at all.</summary>
public sealed class ReportFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "report.html");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void File_is_written_in_UTF8_without_a_mark()
    {
        ReportFile.Save(File, overwrite: false, output => output.Write("é"));

        Assert.Equal([0xC3, 0xA9], System.IO.File.ReadAllBytes(File));
        Assert.Equal(["report.html"], _folder.Entries);
    }

    [Fact]
    public void Existing_file_stays_unless_it_may_be_replaced()
    {
        System.IO.File.WriteAllText(File, "old");

        var failure = Assert.Throws<FileSaveException>(() => ReportFile.Save(File, overwrite: false, output => output.Write("new")));

        Assert.Equal(FileSaveFailure.Exists, failure.Reason);
        Assert.Equal("old", System.IO.File.ReadAllText(File));

        ReportFile.Save(File, overwrite: true, output => output.Write("new"));
        Assert.Equal("new", System.IO.File.ReadAllText(File));
        Assert.Equal(["report.html"], _folder.Entries);
    }

    [Fact]
    public void File_that_appears_meanwhile_is_not_replaced()
    {
        var failure = Assert.Throws<FileSaveException>(() => ReportFile.Save(File, overwrite: false, _ => System.IO.File.WriteAllText(File, "other")));

        Assert.Equal(FileSaveFailure.Exists, failure.Reason);
        Assert.Equal("other", System.IO.File.ReadAllText(File));
        Assert.Equal(["report.html"], _folder.Entries);
    }

    [Fact]
    public void Old_file_stays_and_nothing_is_left_behind_if_the_page_cannot_be_written()
    {
        System.IO.File.WriteAllText(File, "old");

        Assert.Throws<FileSaveException>(() => ReportFile.Save(File, overwrite: true, _ => throw new IOException("The disk failed.")));

        Assert.Equal("old", System.IO.File.ReadAllText(File));
        Assert.Equal(["report.html"], _folder.Entries);
    }

    [Fact]
    public void Folder_must_exist()
    {
        var missing = Path.Combine(_folder.Path, "none", "report.html");

        var failure = Assert.Throws<FileSaveException>(() => ReportFile.Save(missing, overwrite: false, _ => { }));

        Assert.Equal(FileSaveFailure.NotAFolder, failure.Reason);
        Assert.Contains("does not exist", failure.Message);
        Assert.Empty(_folder.Entries);
    }

    [Fact]
    public void Folder_is_not_replaced()
    {
        Assert.Throws<FileSaveException>(() => ReportFile.Save(_folder.Path, overwrite: true, output => output.Write("new")));

        Assert.True(Directory.Exists(_folder.Path));
    }
}
