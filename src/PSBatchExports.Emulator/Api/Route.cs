namespace PSBatchExports.Emulator.Api;

/// <summary>One method of one path below the prefixes, and the scope it requires.</summary>
internal sealed record Route(string Method, string Template, string Scope, Endpoint Endpoint)
{
    public const string Read = "batch_export:read";
    public const string Write = "batch_export:write";

    private readonly string[] _segments = Template.Split('/');

    public RouteLevel Level { get; init; }

    /// <summary>Whether a project's route also exists at the organization level.</summary>
    public bool OnOrganizations { get; init; }

    /// <summary>Whether personal API keys may use the route.</summary>
    public bool AllowsApiKeys { get; init; } = true;

    /// <summary>
    /// False for a method that the path does not have. The service looks for the scope of a key before it looks at the method, and finds
    /// none.
    /// </summary>
    public bool Exists { get; init; } = true;

    /// <summary>Whether the rate limits count the route.</summary>
    public bool Throttled { get; init; } = true;

    /// <summary>Routes of methods that a path does not have.</summary>
    public static IEnumerable<Route> Missing(string template, params string[] methods) =>
        methods.Select(method => new Route(method, template, "", (_, _) => throw Problem.Method(method)) { Exists = false });

    public bool IsBelow(Prefix prefix, bool strictNewest) => prefix switch
    {
        Prefix.Root => Level == RouteLevel.Root,
        Prefix.Organizations => Level == RouteLevel.Organization || (OnOrganizations && !strictNewest),
        _ => Level == RouteLevel.Project,
    };

    public Dictionary<string, string>? Match(string[] path)
    {
        if (path.Length != _segments.Length)
            return null;

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 0; index < path.Length; index++)
        {
            var segment = _segments[index];
            if (segment.StartsWith('{'))
                values[segment.Trim('{', '}')] = path[index];
            else if (segment != path[index])
                return null;
        }

        return values;
    }
}
