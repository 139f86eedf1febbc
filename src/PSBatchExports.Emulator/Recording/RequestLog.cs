namespace PSBatchExports.Emulator;

/// <summary>The requests to one origin, oldest first.</summary>
public sealed class RequestLog
{
    private readonly object _gate = new();
    private readonly List<RecordedRequest> _requests = [];

    public IReadOnlyList<RecordedRequest> Snapshot()
    {
        lock (_gate)
            return [.. _requests];
    }

    public void Clear()
    {
        lock (_gate)
            _requests.Clear();
    }

    internal void Add(RecordedRequest request)
    {
        lock (_gate)
            _requests.Add(request);
    }
}
