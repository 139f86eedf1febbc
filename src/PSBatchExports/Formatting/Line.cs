namespace PSBatchExports.Formatting;

/// <summary>Text from outside, fit for one line of a terminal.</summary>
internal static class Line
{
    private static readonly char[] Breaks = ['\r', '\n', '\t'];

    /// <summary>The text without breaks and what steers a terminal; null where there is nothing to read in it.</summary>
    public static string? Of(string? text) =>
        DisplayText.Clean(text) is { } clean ? string.Join(' ', clean.Split(Breaks, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) : null;
}
