namespace PSBatchExports.Files.Disk;

/// <summary>The identity of a file.</summary>
/// <param name="Device">The device number.</param>
/// <param name="Inode">The inode number, unique on the device.</param>
/// <param name="IsRegular">Whether it is a regular file, as opposed to a folder, link, pipe or device.</param>
/// <param name="Links">The number of its names.</param>
/// <param name="Owner">The id of the user who owns it.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, bool IsRegular, uint Links, uint Owner)
{
    public bool IsSameAs(FileIdentity other) => Device == other.Device && Inode == other.Inode;
}
