using System.Diagnostics;
using System.Management.Automation;

namespace PSBatchExports.Cmdlets;

/// <summary>A cmdlet that waits for things to end, all at once and for a limited time.</summary>
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

    /// <summary>The whole time; null for as long as it takes.</summary>
    private protected TimeSpan? WaitTime => TimeoutSec == 0 ? null : TimeSpan.FromSeconds(TimeoutSec ?? DefaultTimeoutSec);

    /// <summary>What is left of it: it runs while input comes in, too.</summary>
    private protected TimeSpan? TimeLeft =>
        WaitTime is { } whole ? TimeSpan.FromTicks(Math.Max(0, (whole - Stopwatch.GetElapsedTime(_started)).Ticks)) : null;

    private protected TimeSpan? Interval => PollingIntervalSec is { } every ? TimeSpan.FromSeconds(every) : null;
}
