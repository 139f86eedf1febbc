namespace PSBatchExports.Http;

/// <summary>
/// What this process knows of the rate limits of a key. The open connections of a key to a service share it; it is forgotten once the last
/// of them is closed (docs/wire.md, section 4).
/// </summary>
internal sealed class KeyRateLimits
{
    private static readonly Dictionary<Identity, KeyRateLimits> Known = [];

    private readonly Identity _identity;
    private int _connections;

    private KeyRateLimits(Identity identity) =>
        (_identity, Requests, RowCounts) = (identity, new RateLimiter(identity.Time), new RateLimiter(identity.Time));

    /// <summary>The limit of all requests but row counts.</summary>
    public RateLimiter Requests { get; }

    /// <summary>The limit of row counts.</summary>
    public RateLimiter RowCounts { get; }

    /// <summary>Opens the limits of a key. Each call needs a <see cref="Leave"/>.</summary>
    public static KeyRateLimits Join(Uri host, ApiKey key, TimeProvider time)
    {
        var identity = new Identity(host.GetLeftPart(UriPartial.Authority), key.Fingerprint(), time);
        lock (Known)
        {
            if (!Known.TryGetValue(identity, out var limits))
                Known.Add(identity, limits = new KeyRateLimits(identity));

            limits._connections++;
            return limits;
        }
    }

    public void Leave()
    {
        lock (Known)
        {
            if (--_connections == 0)
                Known.Remove(_identity);
        }
    }

    // A class, because collections of structures are compiled when a process starts.
    private sealed record Identity(string Host, int Key, TimeProvider Time);
}
