namespace PSBatchExports.Manifests;

/// <summary>A URL a line, with comments at the beginning and at the end.</summary>
internal static class UrlListText
{
    public static string Write(Manifest manifest)
    {
        var list = new ScriptText("#", manifest);
        foreach (var file in manifest.Files)
            list.Line(file.Url ?? new Uri(file.FullName!).AbsoluteUri);

        return list.Line($"# {ManifestNotes.Total(manifest)}.").ToString();
    }
}
