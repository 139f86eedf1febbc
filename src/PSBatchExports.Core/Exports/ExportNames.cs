namespace PSBatchExports;

/// <summary>Finds exports by name where an id is asked for. The list of a project's exports is read once.</summary>
public sealed class ExportNames(ExportsClient exports)
{
    private readonly Dictionary<ApiScope, IReadOnlyList<NamedExport>> _lists = [];

    /// <summary>Whether a text can be an id of the service's, which are UUIDs.</summary>
    /// <param name="text">The text.</param>
    public static bool IsId(string text) => Guid.TryParse(text, out _);

    /// <summary>The id of the export that an id or a name means; names are literal, and case does not matter.</summary>
    /// <param name="scope">Project or organization.</param>
    /// <param name="idOrName">The id, which is not looked up, or the name.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <exception cref="ExportNameException">No export has that name, or several have it.</exception>
    public async Task<string> ToIdAsync(ApiScope scope, string idOrName, CancellationToken cancellationToken = default)
    {
        if (IsId(idOrName))
            return idOrName;

        var all = await ListAsync(scope, cancellationToken);
        var matches = Named(all, idOrName);
        return matches.Length == 1 ? matches[0].Id : throw new ExportNameException(idOrName, matches, all);
    }

    /// <summary>The exports that have a name.</summary>
    /// <param name="scope">Project or organization.</param>
    /// <param name="name">The name; case does not matter.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    public async Task<IReadOnlyList<NamedExport>> FindAsync(ApiScope scope, string name, CancellationToken cancellationToken = default) =>
        Named(await ListAsync(scope, cancellationToken), name);

    private static NamedExport[] Named(IReadOnlyList<NamedExport> all, string name) =>
        all.Where(export => string.Equals(export.Name, name, StringComparison.OrdinalIgnoreCase)).ToArray();

    private async Task<IReadOnlyList<NamedExport>> ListAsync(ApiScope scope, CancellationToken cancellationToken)
    {
        if (_lists.TryGetValue(scope, out var known))
            return known;

        var all = new List<NamedExport>();
        await foreach (var export in exports.ListAsync(scope, cancellationToken: cancellationToken))
        {
            if (export.Id is { } id)
                all.Add(new NamedExport(id, export.Name, export.Destination?.Type, export.Interval));
        }

        return _lists[scope] = all;
    }
}

/// <summary>An export as it is told apart from others of its name.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name; null where the service told none.</param>
/// <param name="Destination">The type of its destination; null where the service told none.</param>
/// <param name="Interval">How often it runs; null where the service told none.</param>
public sealed record NamedExport(string Id, string? Name, string? Destination, string? Interval);
