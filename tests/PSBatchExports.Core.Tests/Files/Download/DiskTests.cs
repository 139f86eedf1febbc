using System.Diagnostics;
using PSBatchExports.Files.Disk;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>The real file system, in a temporary folder.</summary>
public sealed class DiskTests : IDisposable
{
    private readonly List<string> _movedAside = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("psbatchexports-disk-").FullName;

    private static LocalDisk Disk => LocalDisk.Instance;

    private string Partial => Path.Combine(_folder, ".id.partial");

    private string Target => Path.Combine(_folder, "target");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_created_once_and_locked()
    {
        using var first = Open(create: true);

        Assert.Throws<IOException>(() => Open(create: true));
    }

    [Fact]
    public void A_file_is_not_created_without_the_create_flag()
    {
        Assert.Null(Open(create: false));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_partial_file_is_private_and_a_complete_one_has_default_permissions()
    {
        if (OperatingSystem.IsWindows())
            return;

        File.WriteAllText(Path.Combine(_folder, "usual"), "");
        var usual = File.GetUnixFileMode(Path.Combine(_folder, "usual"));
        var open = Open(create: true)!;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Partial));
        open.Dispose();

        // Opened again, as by a command that resumes it.
        open = Open(create: true)!;
        Disk.Rename(Partial, open, Target, overwrite: false);

        Assert.Equal(usual, File.GetUnixFileMode(Target));
        Assert.Equal(["target", "usual"], Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("dangling link")]
    [InlineData("link to a folder")]
    [InlineData("second name")]
    [InlineData("pipe")]
    [InlineData("folder")]
    public void An_untrusted_entry_is_moved_aside_and_not_touched(string kind)
    {
        // Hard links and pipes are recognized only on Linux.
        if (OperatingSystem.IsWindows() || (!OperatingSystem.IsLinux() && kind is "second name" or "pipe"))
            return;

        var victim = Path.Combine(_folder, "victim");
        if (kind != "dangling link")
            File.WriteAllText(victim, "precious");

        Plant(kind, victim);

        using (var open = Open(create: true)!)
        {
            open.Write(0, "bytes"u8);
            var aside = Assert.Single(_movedAside);
            Assert.True(Path.Exists(aside) || new FileInfo(aside).LinkTarget is not null);
        }

        Assert.Equal("bytes", File.ReadAllText(Partial));
        Assert.Equal(kind == "dangling link" ? null : "precious", File.Exists(victim) ? File.ReadAllText(victim) : null);
    }

    [Fact]
    public void A_file_that_replaced_an_open_one_is_neither_renamed_nor_deleted()
    {
        using var held = Open(create: true)!;
        File.Delete(Partial);
        File.WriteAllText(Partial, "another command's");

        Assert.False(Disk.IsAt(Partial, held));
        Assert.Throws<FileReplacedException>(() => Disk.Rename(Partial, held, Target, overwrite: true));
        Assert.Throws<FileReplacedException>(() => Disk.Delete(Partial, held));
        Assert.Equal("another command's", File.ReadAllText(Partial));
        Assert.False(File.Exists(Target));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("dangling link")]
    public void A_target_that_appeared_in_the_meantime_is_kept(string kind)
    {
        var open = Open(create: true)!;
        if (kind == "file")
            File.WriteAllText(Target, "first");
        else
            File.CreateSymbolicLink(Target, Path.Combine(_folder, "nowhere"));

        Assert.Throws<TargetExistsException>(() => Disk.Rename(Partial, open, Target, overwrite: false));
        Assert.True(Disk.IsAt(Partial, open));
        Assert.False(File.Exists(Path.Combine(_folder, "nowhere")));

        Disk.Rename(Partial, open, Target, overwrite: true);
        Assert.Equal("", File.ReadAllText(Target));
    }

    [Fact]
    public void Reserved_space_can_be_released()
    {
        using var open = Open(create: true)!;

        open.SetLength(1 << 20);
        Assert.Equal(1 << 20, open.Length);

        open.SetLength(0);
        Assert.Equal(0, open.Length);
    }

    [Fact]
    public void A_flush_that_the_kernel_refuses_is_reported()
    {
        if (OperatingSystem.IsWindows())
            return;

        // The same call fails for a closed descriptor as for a broken disk.
        using var closed = new Microsoft.Win32.SafeHandles.SafeFileHandle(1 << 20, ownsHandle: false);

        try
        {
            UnixFile.Flush(closed);
            Assert.Fail("The flush was not refused.");
        }
        catch (IOException failure)
        {
            Assert.Equal(9, failure.HResult);
        }
    }

    private IDiskFile? Open(bool create) => Disk.OpenExclusive(Partial, create, _movedAside.Add);

    private void Plant(string kind, string victim)
    {
        switch (kind)
        {
            case "pipe":
                using (var mkfifo = Process.Start("mkfifo", Partial))
                    mkfifo.WaitForExit();
                break;
            case "second name":
                using (var ln = Process.Start("ln", [victim, Partial]))
                    ln.WaitForExit();
                break;
            case "folder":
                Directory.CreateDirectory(Partial);
                break;
            case "link to a folder":
                Directory.CreateSymbolicLink(Partial, Directory.CreateDirectory(victim + " folder").FullName);
                break;
            default:
                File.CreateSymbolicLink(Partial, victim);
                break;
        }
    }
}
