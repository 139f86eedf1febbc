namespace PSBatchExports.Logs;

/// <summary>The lines of the last microsecond of a page, which the next page repeats.</summary>
internal sealed class PageOverlap
{
    private readonly Dictionary<(string?, string?, string?, DateTimeOffset), int> _seen = [];

    public void Remember(IEnumerable<BatchExportLogEntry> entries, DateTimeOffset time)
    {
        _seen.Clear();
        foreach (var entry in entries.Where(entry => entry.Timestamp == time))
            _seen[Key(entry)] = _seen.GetValueOrDefault(Key(entry)) + 1;
    }

    public bool IsNew(BatchExportLogEntry entry)
    {
        var key = Key(entry);
        if (!_seen.TryGetValue(key, out var count))
            return true;

        if (count == 1)
            _seen.Remove(key);
        else
            _seen[key] = count - 1;

        return false;
    }

    private static (string?, string?, string?, DateTimeOffset) Key(BatchExportLogEntry entry) =>
        (entry.InstanceId, entry.Level, entry.Message, entry.Timestamp);
}
