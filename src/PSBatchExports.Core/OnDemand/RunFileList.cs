using PSBatchExports.Models;
using PSBatchExports.OnDemand;
using PSBatchExports.Secrets;

namespace PSBatchExports;

/// <summary>The files that a completed run lists. The list may still grow when the run has completed (docs/wire.md, section 13).</summary>
public sealed class RunFileList
{
    private readonly Lazy<Dictionary<string, BatchExportFile>> _byId;

    /// <param name="scope">The project.</param>
    /// <param name="run">The run as it was read.</param>
    /// <param name="since">When the list was first read with these files.</param>
    /// <param name="state">What is known about further files.</param>
    internal RunFileList(ApiScope scope, BatchExportRun run, DateTimeOffset since, ListState state = ListState.MayGrow)
    {
        (Scope, Run, Since, State) = (scope, run, since, state);
        var ids = run.Files ?? [];
        var facts = new RunFacts(run.Model, run.RecordsCompleted, ids.Count);
        var files = ids.Select((id, index) => new BatchExportFile
        {
            FileId = id,
            RunId = RunId,
            Index = index,
            ProjectId = scope.ProjectNumber,
            Origin = run.Origin,
            Run = facts,
            IsOnly = state == ListState.Complete && ids.Count == 1,
        }).ToArray();
        ByIndex = files;
        _byId = new Lazy<Dictionary<string, BatchExportFile>>(ById);
        Files = [.. PartOrder.Indexes(files.Length).Select(index => files[index])];
    }

    /// <summary>The project.</summary>
    public ApiScope Scope { get; }

    /// <summary>The run as it was when the list was read.</summary>
    public BatchExportRun Run { get; }

    /// <summary>The run's id.</summary>
    public string RunId => Run.RunId!;

    /// <summary>The files, in the order of their numbers as far as the list shows them.</summary>
    public IReadOnlyList<BatchExportFile> Files { get; }

    /// <summary>Whether no further file is expected. Until then, indexes may change; ids never do.</summary>
    public bool IsSettled => State >= ListState.Settled;

    /// <summary>What is known about further files.</summary>
    internal ListState State { get; }

    /// <summary>When the list was first read with these files.</summary>
    internal DateTimeOffset Since { get; }

    private BatchExportFile[] ByIndex { get; }

    /// <summary>Selects files by id or index, each once.</summary>
    /// <param name="parts">Ids or indexes.</param>
    /// <exception cref="FilePartException">The run has no such part.</exception>
    public IReadOnlyList<BatchExportFile> Pick(IReadOnlyList<string> parts) =>
        [.. parts.Select(part => Find(part) ?? throw new FilePartException(Run, part, Secrets)).Distinct()];

    /// <summary>Whether all parts are ids of listed files, so that further files would not change the selection.</summary>
    /// <param name="parts">Ids or indexes.</param>
    public bool HasIds(IEnumerable<string> parts) => parts.All(part => FindId(part) is not null);

    internal SecretScrubber Secrets { get; init; } = SecretScrubber.None;

    /// <summary>Whether both lists have the same files, in any order.</summary>
    internal bool IsSameAs(RunFileList other) =>
        ByIndex.Select(file => file.FileId).ToHashSet(StringComparer.Ordinal).SetEquals(other.ByIndex.Select(file => file.FileId));

    /// <summary>This list in another state.</summary>
    internal RunFileList As(ListState state) => new(Scope, Run, Since, state) { Secrets = Secrets };

    /// <summary>This list, settled because it has the same files as an earlier one; complete if that one was.</summary>
    internal RunFileList SettledLike(RunFileList earlier)
    {
        var state = earlier.State == ListState.Complete ? ListState.Complete : ListState.Settled;
        return new RunFileList(Scope, Run, earlier.Since, state) { Secrets = Secrets };
    }

    private BatchExportFile? Find(string part) => PartOrder.Index(part) is { } index ? ByIndex.ElementAtOrDefault(index) : FindId(part);

    private BatchExportFile? FindId(string part) => _byId.Value.GetValueOrDefault(part);

    private Dictionary<string, BatchExportFile> ById()
    {
        var byId = new Dictionary<string, BatchExportFile>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in ByIndex)
            byId.TryAdd(file.FileId, file);

        return byId;
    }
}
