namespace PSBatchExports.Emulator;

/// <summary>A personal API key and what its owner may do.</summary>
public sealed record EmulatorKey(string Value)
{
    /// <summary>Scopes such as <c>batch_export:read</c>; <c>*</c> is all.</summary>
    public IReadOnlyCollection<string> Scopes { get; init; } = ["*"];

    /// <summary>Projects the key is limited to; empty is no limit.</summary>
    public IReadOnlyCollection<int> ScopedProjects { get; init; } = [];

    /// <summary>Organizations the key is limited to; empty is no limit.</summary>
    public IReadOnlyCollection<Guid> ScopedOrganizations { get; init; } = [];

    /// <summary>Organizations of the owner; null for all but the foreign one.</summary>
    public IReadOnlyCollection<Guid>? Memberships { get; init; }

    /// <summary>The owner has view access only, whatever the scopes.</summary>
    public bool ViewerOnly { get; init; }

    /// <summary>The owner may change and delete what others made in the project.</summary>
    public bool IsProjectAdmin { get; init; } = true;

    internal bool Allows(string scope)
    {
        if (Scopes.Contains("*") || Scopes.Contains(scope))
            return true;

        return scope.EndsWith(":read", StringComparison.Ordinal)
            && Scopes.Contains(scope[..^"read".Length] + "write");
    }
}
