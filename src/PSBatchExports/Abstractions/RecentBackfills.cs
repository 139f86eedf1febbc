using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace PSBatchExports.Abstractions;

/// <summary>Backfills that a connection has just started, which the service may not show yet.</summary>
internal static class RecentBackfills
{
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(30);
    private static readonly ConditionalWeakTable<BatchExportConnection, ConcurrentDictionary<string, DateTimeOffset>> Started = [];

    public static void Remember(BatchExportConnection connection, string id)
    {
        var started = Started.GetOrCreateValue(connection);
        var now = TimeProvider.System.GetUtcNow();
        foreach (var (old, at) in started)
        {
            if (now - at > Recent)
                started.TryRemove(old, out _);
        }

        started[id] = now;
    }

    public static bool Contains(BatchExportConnection connection, string id) =>
        Started.GetOrCreateValue(connection).TryGetValue(id, out var at) && TimeProvider.System.GetUtcNow() - at <= Recent;
}
