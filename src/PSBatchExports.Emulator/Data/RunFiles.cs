using System.Globalization;

namespace PSBatchExports.Emulator.Data;

/// <summary>The files of runs, in the order of the service: by key, as text.</summary>
internal sealed class RunFiles(FileLibrary library, bool numberSingleFiles)
{
    public async Task<(IReadOnlyList<RunFile> Files, long Records)> OfAsync(OnDemandRun run)
    {
        var generated = await library.FilesOf(run);
        var split = numberSingleFiles || generated.Parts.Count > 1;
        var files = generated.Parts
            .Select((content, part) => new RunFile(run.FileId(part), KeyOf(run, split ? part : null), content))
            .OrderBy(f => f.Key, StringComparer.Ordinal)
            .ToArray();
        return (files, generated.Records);
    }

    /// <summary>Begins to generate what the run will need.</summary>
    public void Prepare(OnDemandRun run)
    {
        if (run.Specification.Refusal is null)
            _ = library.FilesOf(run);
    }

    private static string KeyOf(OnDemandRun run, int? part)
    {
        var start = WireTime.WithOffset(run.Specification.Start ?? DateTimeOffset.UnixEpoch);
        var end = WireTime.WithOffset(run.Specification.End ?? run.CreatedAt);
        var number = part is { } n ? string.Create(CultureInfo.InvariantCulture, $"-{n}") : "";
        return $"batch-exports/{run.OnDemandId}/{run.Id}/{start}-{end}/{start}-{end}{number}.{run.Specification.Extension}";
    }
}
