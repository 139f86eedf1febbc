namespace PSBatchExports.Emulator.Api;

/// <summary>What the paths of a route are below.</summary>
internal enum RouteLevel
{
    /// <summary>A project, and an organization too where the route says so.</summary>
    Project,

    /// <summary>An organization only.</summary>
    Organization,

    /// <summary>Nothing: the path follows <c>/api/</c>.</summary>
    Root,
}
