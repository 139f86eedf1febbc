namespace PSBatchExports.Manifests;

/// <summary>A configuration for curl that downloads the files into the current folder.</summary>
internal static class CurlConfig
{
    public static string Write(Manifest manifest)
    {
        var config = new ScriptText("#", manifest);
        config.Line("# For curl --config. It ends at the first error, with an exit code that is not 0.").Line();

        // Without fail-early, only an error of the last file counts.
        config.Line("fail").Line("fail-early").Line("globoff").Line("create-dirs").Line("remove-on-error");
        foreach (var (file, path) in DownloadNames.Assign(manifest))
        {
            config.Line();
            config.Line($"url = {Quote(file.Url!)}");
            config.Line($"output = {Quote(path)}");
        }

        return config.Line().Line($"# {ManifestNotes.Total(manifest)}.").ToString();
    }

    private static string Quote(string text) =>
        $"\"{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
