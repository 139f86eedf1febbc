namespace PSBatchExports.Emulator;

/// <summary>A personal API key and what its owner may do.</summary>
public sealed record EmulatorKey(string Value)
{
    /// <summary>Such as <c>batch_export:read</c>; <c>*</c> is everything.</summary>
    public IReadOnlyCollection<string> Scopes { get; init; } = ["*"];

    /// <summary>Projects the key is limited to; empty is no limit.</summary>
    public IReadOnlyCollection<int> ScopedProjects { get; init; } = [];

    /// <summary>Organizations the key is limited to; empty is no limit.</summary>
    public IReadOnlyCollection<Guid> ScopedOrganizations { get; init; } = [];

    /// <summary>Organizations its owner belongs to; null is every organization but the foreign one.</summary>
    public IReadOnlyCollection<Guid>? Memberships { get; init; }

    /// <summary>The owner may look but not touch, whatever the scopes say.</summary>
    public bool ViewerOnly { get; init; }

    internal bool Allows(string scope)
    {
        if (Scopes.Contains("*") || Scopes.Contains(scope))
            return true;

        return scope.EndsWith(":read", StringComparison.Ordinal)
            && Scopes.Contains(scope[..^"read".Length] + "write");
    }
}
