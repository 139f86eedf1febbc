namespace PSBatchExports.Emulator.Api;

/// <summary>A method of a path below one of the prefixes, with the scope it needs.</summary>
internal sealed record Route(string Method, string Template, string Scope, Endpoint Endpoint)
{
    public const string Read = "batch_export:read";
    public const string Write = "batch_export:write";

    private readonly string[] _segments = Template.Split('/');

    /// <summary>Whether the organization level has it too.</summary>
    public bool OnOrganizations { get; init; }

    /// <summary>Whether personal keys may use it.</summary>
    public bool AllowsApiKeys { get; init; } = true;

    /// <summary>Whether the two common throttles count it.</summary>
    public bool Throttled { get; init; } = true;

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
