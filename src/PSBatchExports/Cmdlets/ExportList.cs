using System.Runtime.CompilerServices;

namespace PSBatchExports.Cmdlets;

/// <summary>A list of what an export has, such as its runs.</summary>
/// <param name="place">The project of the export.</param>
/// <param name="names">The names of the project's exports.</param>
/// <param name="export">The export's id or name.</param>
/// <param name="read">Reads the list of the export with an id.</param>
internal sealed class ExportList<T>(
    ScopeJob place, ExportNames names, string export, Func<string, Paging, CancellationToken, IAsyncEnumerable<T>> read)
{
    private string? _id;

    public ScopeJob Place => place;

    /// <summary>The id or name by which the export was given.</summary>
    public string Export => export;

    /// <summary>The export's id; before the list is read, what <see cref="Export"/> is.</summary>
    public string Id => _id ?? export;

    /// <summary>Whether nothing has been read.</summary>
    public bool IsEmpty { get; private set; } = true;

    public async IAsyncEnumerable<T> ReadAsync(Paging paging, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _id = await names.ToIdAsync(export, cancellationToken);
        await foreach (var item in read(_id, paging, cancellationToken).WithCancellation(cancellationToken))
        {
            IsEmpty = false;
            yield return item;
        }
    }
}
