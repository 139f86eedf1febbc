namespace PSBatchExports.Views;

/// <summary>What is said and asked before exports are copied.</summary>
internal static class CopyTexts
{
    /// <summary>"Copy as 'nightly' to project 42 at https://eu.posthog.com, paused".</summary>
    public static string Action(ExportCopy copy, string target) => $"Copy as '{DisplayText.Clean(copy.Name)}' to {target}, paused";

    public static string SamePlace(ExportCopy copy) =>
        $"The copy '{DisplayText.Clean(copy.Name)}' writes to the same place as its source, so its rows would arrive there twice or "
        + "overwrite each other. Before you resume it, give it another place with Set-BatchExport, or pause or remove its source.";

    public static string LeftOut(ExportCopy copy) =>
        $"This version does not know the settings {string.Join(", ", copy.LeftOut)} of '{DisplayText.Clean(copy.Source.Name)}'; "
        + "the copy does not have them.";

    public static string AlreadyThere(ExportCopy copy) =>
        $"'{DisplayText.Clean(copy.Name)}' ({copy.Existing!.Id}) has the configuration of its source already; nothing is written.";
}
