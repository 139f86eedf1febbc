namespace PSBatchExports.Core.Tests;

/// <summary>The folder of this repository, for snapshots that tests write anew.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "PSBatchExports.psd1")))
            folder = folder.Parent;

        return folder.FullName;
    }
}
