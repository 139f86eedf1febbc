using PSBatchExports.Exports;

namespace PSBatchExports;

/// <summary>Resolves the names of exports to ids. The list of exports is read once.</summary>
public sealed class ExportNames
{
    private readonly SharedRead<IReadOnlyList<NamedExport>> _all;

    /// <param name="exports">Reads the list.</param>
    public ExportNames(ExportsClient exports) => _all = new(stop => ListAsync(exports, stop));

    /// <summary>Whether a text has the form of an export's id, a UUID.</summary>
    /// <param name="text">The text.</param>
    public static bool IsId(string text) => Guid.TryParse(text, out _);

    /// <summary>Resolves a name to an id. Names are literal, without wildcards or regard to case.</summary>
    /// <param name="idOrName">The id, which is returned as it is, or the name.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="ExportNameException">No export, or more than one, has that name.</exception>
    public async Task<string> ToIdAsync(string idOrName, CancellationToken cancellationToken = default)
    {
        if (IsId(idOrName))
            return idOrName;

        var all = await _all.GetAsync(cancellationToken);
        var matches = Named(all, idOrName);
        return matches.Length == 1 ? matches[0].Id : throw new ExportNameException(idOrName, matches, all);
    }

    /// <summary>Finds the exports with a name.</summary>
    /// <param name="name">The name; case does not matter.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public async Task<IReadOnlyList<NamedExport>> FindAsync(string name, CancellationToken cancellationToken = default) =>
        Named(await _all.GetAsync(cancellationToken), name);

    private static NamedExport[] Named(IReadOnlyList<NamedExport> all, string name) =>
        all.Where(export => string.Equals(export.Name, name, StringComparison.OrdinalIgnoreCase)).ToArray();

    private static async Task<IReadOnlyList<NamedExport>> ListAsync(ExportsClient exports, CancellationToken cancellationToken)
    {
        var all = new List<NamedExport>();
        await foreach (var export in exports.ListAsync(cancellationToken: cancellationToken))
        {
            if (export.Id is { } id)
                all.Add(new NamedExport(id, export.Name, export.Destination?.Type, export.Interval));
        }

        return all;
    }
}
