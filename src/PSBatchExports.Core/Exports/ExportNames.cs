namespace PSBatchExports;

/// <summary>Finds exports by name where an id is asked for. The list of a project's exports is read once.</summary>
public sealed class ExportNames(ExportsClient exports)
{
    private IReadOnlyList<NamedExport>? _all;

    /// <summary>Whether a text can be an id of the service's, which are UUIDs.</summary>
    /// <param name="text">The text.</param>
    public static bool IsId(string text) => Guid.TryParse(text, out _);

    /// <summary>The id of the export that an id or a name means; names are literal, and case does not matter.</summary>
    /// <param name="idOrName">The id, which is not looked up, or the name.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <exception cref="ExportNameException">No export has that name, or several have it.</exception>
    public async Task<string> ToIdAsync(string idOrName, CancellationToken cancellationToken = default)
    {
        if (IsId(idOrName))
            return idOrName;

        var all = await ListAsync(cancellationToken);
        var matches = Named(all, idOrName);
        return matches.Length == 1 ? matches[0].Id : throw new ExportNameException(idOrName, matches, all);
    }

    /// <summary>The exports that have a name.</summary>
    /// <param name="name">The name; case does not matter.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    public async Task<IReadOnlyList<NamedExport>> FindAsync(string name, CancellationToken cancellationToken = default) =>
        Named(await ListAsync(cancellationToken), name);

    private static NamedExport[] Named(IReadOnlyList<NamedExport> all, string name) =>
        all.Where(export => string.Equals(export.Name, name, StringComparison.OrdinalIgnoreCase)).ToArray();

    private async Task<IReadOnlyList<NamedExport>> ListAsync(CancellationToken cancellationToken)
    {
        if (_all is not null)
            return _all;

        var all = new List<NamedExport>();
        await foreach (var export in exports.ListAsync(cancellationToken: cancellationToken))
        {
            if (export.Id is { } id)
                all.Add(new NamedExport(id, export.Name, export.Destination?.Type, export.Interval));
        }

        return _all = all;
    }
}
