namespace PSBatchExports.Emulator;

/// <summary>The status texts of runs and backfills.</summary>
public static class RunStatus
{
    public const string Starting = "Starting";
    public const string Running = "Running";
    public const string Completed = "Completed";
    public const string Failed = "Failed";
    public const string FailedRetryable = "FailedRetryable";
    public const string FailedBilling = "FailedBilling";
    public const string Cancelled = "Cancelled";
    public const string Terminated = "Terminated";
    public const string TimedOut = "TimedOut";
    public const string ContinuedAsNew = "ContinuedAsNew";

    internal static readonly string[] All =
        [Cancelled, Completed, ContinuedAsNew, Failed, FailedRetryable, FailedBilling, Terminated, TimedOut, Running, Starting];

    internal static bool IsActive(string status) => status is Starting or Running;

    internal static bool IsFailure(string status) =>
        status is Failed or FailedRetryable or FailedBilling or TimedOut or Terminated;
}
