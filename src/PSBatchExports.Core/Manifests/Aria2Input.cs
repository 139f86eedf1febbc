namespace PSBatchExports.Manifests;

/// <summary>An input file for aria2 that downloads the files into its folder.</summary>
internal static class Aria2Input
{
    public static string Write(Manifest manifest)
    {
        var input = new ScriptText("#", manifest);
        input.Line("# For aria2c --input-file.");
        foreach (var (file, path) in DownloadNames.Assign(manifest))
        {
            input.Line();
            input.Line(file.Url!);
            input.Line($" out={path}");

            // The URLs are signed for GET.
            input.Line(" use-head=false");
            input.Line(" auto-file-renaming=false");
        }

        return input.Line().Line($"# {ManifestNotes.Total(manifest)}.").ToString();
    }
}
