namespace PSBatchExports.Text;

/// <summary>Colors of states and levels, by name, as escape sequences. The host removes them from plain output.</summary>
internal static class StateColor
{
    private const string Reset = "\e[0m";
    private const string Red = "\e[31m";
    private const string Green = "\e[32m";
    private const string Yellow = "\e[33m";
    private const string Cyan = "\e[36m";
    private const string Gray = "\e[90m";

    private static readonly Dictionary<string, string> ByState = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Active"] = Green,
        ["Failing"] = Red,
        ["Paused"] = Yellow,
        ["Ended"] = Gray,
        ["Starting"] = Cyan,
        ["Running"] = Cyan,
        ["Completed"] = Green,
        ["Cancelled"] = Yellow,
        ["Failed"] = Red,
        ["FailedRetryable"] = Red,
        ["FailedBilling"] = Red,
        ["Terminated"] = Red,
        ["TimedOut"] = Red,
        ["Covered"] = Green,
        ["Empty"] = Gray,
        ["Missing"] = Red,
        ["Late"] = Yellow,
        ["Repeated"] = Yellow,
        ["Fresh"] = Green,
        ["Stalled"] = Red,
        ["PausedByService"] = Red,
        ["PausedByUser"] = Yellow,
        ["NeverRan"] = Yellow,
        ["OnlyEmpty"] = Yellow,
        ["Passed"] = Green,
        ["Skipped"] = Yellow,
        ["Create"] = Green,
        ["Update"] = Yellow,
        ["Replace"] = Red,
        ["Remove"] = Red,
        ["Equal"] = Gray,
        ["CRITICAL"] = Red,
        ["ERROR"] = Red,
        ["WARNING"] = Yellow,
        ["WARN"] = Yellow,
        ["DEBUG"] = Gray,
    };

    /// <summary>The text in the color of a state; without color if the state is unknown.</summary>
    public static string Apply(string? text, string? state) =>
        text is not null && state is not null && ByState.TryGetValue(state, out var color) ? $"{color}{text}{Reset}" : text ?? "";
}
