namespace PSBatchExports.Emulator.Api;

/// <summary>Rate limits: two sliding windows for each key.</summary>
internal sealed class Throttle(EmulatorOptions options)
{
    private readonly object _gate = new();
    private readonly Dictionary<string, List<DateTimeOffset>> _requests = new(StringComparer.Ordinal);

    /// <summary>Counts a request; if it exceeds a limit, returns how long to wait instead.</summary>
    public TimeSpan? Admit(string key, DateTimeOffset now)
    {
        if (!options.RateLimiting)
            return null;

        lock (_gate)
        {
            if (!_requests.TryGetValue(key, out var times))
                _requests[key] = times = [];
            times.RemoveAll(t => t <= now - TimeSpan.FromHours(1));
            var wait = Max(
                Wait(times, options.RequestsPerMinute, TimeSpan.FromMinutes(1), now),
                Wait(times, options.RequestsPerHour, TimeSpan.FromHours(1), now));
            if (wait is null)
                times.Add(now);
            return wait;
        }
    }

    public void Clear()
    {
        lock (_gate)
            _requests.Clear();
    }

    private static TimeSpan? Wait(List<DateTimeOffset> times, int limit, TimeSpan window, DateTimeOffset now)
    {
        var inWindow = times.Count(t => t > now - window);
        return inWindow < limit ? null : times[^Math.Min(times.Count, limit)] + window - now;
    }

    private static TimeSpan? Max(TimeSpan? one, TimeSpan? other) =>
        one is null ? other : other is null || one > other ? one : other;
}
