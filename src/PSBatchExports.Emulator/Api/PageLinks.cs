using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>Builds absolute links to other pages of the same list.</summary>
internal sealed class PageLinks(bool rewritesEnvironments)
{
    private const string Environments = "/api/environments/";
    private const string Projects = "/api/projects/";

    /// <summary>The request's URL with some parameters replaced, or removed if null; parameters are sorted by name.</summary>
    public string With(EmulatorRequest request, params (string Name, string? Value)[] changes)
    {
        var parameters = request.Parameters
            .Where(p => !changes.Any(c => c.Name == p.Key))
            .SelectMany(p => p.Value.Select(v => (Name: p.Key, Value: v)))
            .Concat(changes.Where(c => c.Value is not null).Select(c => (c.Name, c.Value)))
            .OrderBy(p => p.Name, StringComparer.Ordinal)
            .Select(p => $"{Uri.EscapeDataString(p.Name)}={Uri.EscapeDataString(p.Value ?? "")}");
        var query = string.Join('&', parameters);
        return request.Origin + Canonical(request.Path) + (query.Length == 0 ? "" : "?" + query);
    }

    /// <summary>The path after the newest server's rewriting of <c>environments</c> to <c>projects</c>.</summary>
    public string Canonical(string path) =>
        rewritesEnvironments && path.StartsWith(Environments, StringComparison.Ordinal) ? Projects + path[Environments.Length..] : path;
}
