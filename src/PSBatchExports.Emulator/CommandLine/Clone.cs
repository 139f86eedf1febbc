namespace PSBatchExports.Emulator.CommandLine;

/// <summary>A clone of the repository, which contains the module.</summary>
internal sealed record Clone(string Root)
{
    private const string ManifestName = "PSBatchExports.psd1";

    public string Manifest => Path.Combine(Root, ManifestName);

    public string ModuleProject => Path.Combine(Root, "src", "PSBatchExports");

    public bool IsModuleBuilt => File.Exists(Path.Combine(Root, "lib", "PSBatchExports.dll"));

    /// <summary>The clone that contains a program below <c>src/PSBatchExports.Emulator</c>; null if there is none.</summary>
    public static Clone? Containing(string program)
    {
        for (var folder = new DirectoryInfo(program); folder is not null; folder = folder.Parent)
        {
            if (folder is { Name: "PSBatchExports.Emulator", Parent: { Name: "src", Parent: { } root } }
                && File.Exists(Path.Combine(root.FullName, ManifestName)))
            {
                return new Clone(root.FullName);
            }
        }

        return null;
    }
}
