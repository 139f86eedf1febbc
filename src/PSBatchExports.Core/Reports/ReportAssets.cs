namespace PSBatchExports.Reports;

/// <summary>The style and the script of a page, as they are in it.</summary>
internal static class ReportAssets
{
    /// <summary>The content of Report.css.</summary>
    public static string Style { get; } = Read("Report.css");

    /// <summary>The content of Report.js.</summary>
    public static string Script { get; } = Read("Report.js");

    // A browser computes the hash of a block with line feeds, whatever the file has.
    private static string Read(string name)
    {
        using var stream = typeof(ReportAssets).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
