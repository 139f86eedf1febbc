namespace PSBatchExports.Emulator.CommandLine;

/// <summary>A clone of the project, which has the module beside the emulator.</summary>
internal sealed record Clone(string Root)
{
    private const string ManifestName = "PSBatchExports.psd1";

    public string Manifest => Path.Combine(Root, ManifestName);

    public string ModuleProject => Path.Combine(Root, "src", "PSBatchExports");

    public bool IsModuleBuilt => File.Exists(Path.Combine(Root, "lib", "PSBatchExports.dll"));

    /// <summary>The clone in whose <c>src/PSBatchExports.Emulator</c> a program is; null where it was installed from a package.</summary>
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
