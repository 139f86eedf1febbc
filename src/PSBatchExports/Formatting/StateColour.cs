namespace PSBatchExports.Formatting;

/// <summary>The colour in which a state stands out, by its name in $PSStyle.Foreground; null for none.</summary>
internal static class StateColour
{
    public static string? Of(string? state) => state switch
    {
        _ when RunStatus.IsActive(state) => "Cyan",
        _ when RunStatus.IsFailure(state) => "Red",
        "Failing" or "ERROR" or "CRITICAL" => "Red",
        "Active" or "Passed" or RunStatus.Completed => "Green",
        "Paused" or "Skipped" or "WARNING" or "WARN" or RunStatus.Cancelled => "Yellow",
        "Ended" or "DEBUG" => "BrightBlack",
        _ => null,
    };
}
