using System.Globalization;

namespace PSBatchExports.Emulator.Data;

/// <summary>The files of runs, in the order of the service: by key, as text.</summary>
internal sealed class RunFiles(FileLibrary library, bool numberSingleFiles)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Null where the files take long to generate: they are not listed yet.</summary>
    public async Task<RunFileList?> ListAsync(OnDemandRun run)
    {
        var generation = library.FilesOf(run);
        if (await Task.WhenAny(generation, Task.Delay(s_patience)) != generation)
            return null;
        var generated = await generation;
        var split = numberSingleFiles || generated.Parts.Count > 1;
        var files = generated.Parts
            .Select((content, part) => new RunFile(run.FileId(part), KeyOf(run, split ? part : null), content))
            .OrderBy(f => f.Key, StringComparer.Ordinal)
            .ToArray();
        return new RunFileList(files, generated.Records);
    }

    /// <summary>The file as the storage has it after it was replaced so many times.</summary>
    public async Task<RunFile> VersionOfAsync(RunFile file, int version) =>
        version == 0 ? file : file with { Content = await library.VersionOf(file.Content, version) };

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
