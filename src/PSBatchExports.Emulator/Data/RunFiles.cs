namespace PSBatchExports.Emulator.Data;

/// <summary>The files of runs, in the order of the service: by key, as text.</summary>
internal sealed class RunFiles(FileCache library, FileNames names)
{
    private static readonly TimeSpan GenerationTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Null where the files take long to generate: they are not listed yet.</summary>
    public async Task<RunFileList?> ListAsync(OnDemandRun run)
    {
        var generation = library.FilesOf(run);
        if (await Task.WhenAny(generation, Task.Delay(GenerationTimeout)) != generation)
            return null;

        var generated = await generation;
        var files = generated.Parts
            .Select((content, part) => new RunFile(run.FileId(part), names.KeyOf(run, part, generated.Parts.Count), content))
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
        if (run.Specification.StagingError is null)
            _ = library.FilesOf(run);
    }
}
