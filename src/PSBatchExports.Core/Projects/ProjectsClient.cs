using System.Globalization;
using System.Runtime.CompilerServices;
using PSBatchExports.Http;
using PSBatchExports.Http.Pagination;

namespace PSBatchExports;

/// <summary>The projects that a key can see (docs/wire.md, section 17).</summary>
public sealed class ProjectsClient
{
    private readonly Api _api;

    internal ProjectsClient(Api api) => _api = api;

    /// <summary>Lists the projects of all organizations, by number. The service sends them in no order, so all are read first.</summary>
    /// <param name="paging">The part to return; null for all.</param>
    /// <param name="filter">Selects projects; null for all. With a filter the total is unknown.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="PermissionDeniedException">
    /// The key is limited to projects, and such a key cannot list them (<see cref="PermissionDeniedException.IsKeyLimitedToProjects"/>).
    /// </exception>
    public async IAsyncEnumerable<BatchExportProject> ListAsync(
        Paging? paging = null,
        Func<BatchExportProject, bool>? filter = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        paging ??= Paging.All;
        if (paging is { First: 0, OnTotal: null })
            yield break;

        var all = await ReadAsync(cancellationToken);
        if (paging.OnTotal is { } onTotal)
            await onTotal(filter is null ? all.Count : null);

        var slice = new SliceCounter(paging.Skip, paging.First);
        foreach (var project in all.Where(project => filter?.Invoke(project) ?? true))
        {
            if (slice.IsComplete)
                yield break;

            if (slice.Takes())
                yield return project;
        }
    }

    private async Task<IReadOnlyCollection<BatchExportProject>> ReadAsync(CancellationToken cancellationToken)
    {
        var walk = new OffsetWalk<BatchExportProject>(
            _api,
            Routes.Projects,
            BatchExportProject.Read,
            project => project.ProjectId.ToString(CultureInfo.InvariantCulture));
        var all = new SortedDictionary<int, BatchExportProject>();
        await foreach (var project in walk.ReadAsync(Paging.All, cancellationToken))
            all[project.ProjectId] = project with { ApiHost = _api.Host, Origin = _api.Origin };

        return all.Values;
    }
}
