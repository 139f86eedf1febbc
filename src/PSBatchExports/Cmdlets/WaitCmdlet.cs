using System.Diagnostics;
using System.Management.Automation;

namespace PSBatchExports.Cmdlets;

/// <summary>A cmdlet that waits for runs or backfills to end, with a timeout.</summary>
public abstract class WaitCmdlet : ProjectCmdlet
{
    private const int DefaultTimeoutSec = 24 * 60 * 60;

    private readonly long _started = Stopwatch.GetTimestamp();

    [Parameter]
    [ValidateRange(0, int.MaxValue / 1000)]
    public int? TimeoutSec { get; set; }

    [Parameter]
    [ValidateRange(1, 3600)]
    public int? PollingIntervalSec { get; set; }

    /// <summary>The timeout; null for none.</summary>
    private protected TimeSpan? WaitTime => TimeoutSec == 0 ? null : TimeSpan.FromSeconds(TimeoutSec ?? DefaultTimeoutSec);

    /// <summary>The rest of the timeout, which starts with the cmdlet; null for none.</summary>
    private protected TimeSpan? TimeLeft
    {
        get
        {
            if (WaitTime is not { } timeout)
                return null;

            var left = timeout - Stopwatch.GetElapsedTime(_started);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    private protected TimeSpan? Interval => PollingIntervalSec is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
