namespace PSBatchExports.Emulator.Data;

/// <summary>The files of runs, ordered by key as the service orders them.</summary>
internal sealed class RunFiles(FileCache library, FileNames names)
{
    private static readonly TimeSpan GenerationTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Null if the files are not generated yet.</summary>
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

    /// <summary>The given version of the file.</summary>
    public async Task<RunFile> VersionOfAsync(RunFile file, int version) =>
        version == 0 ? file : file with { Content = await library.VersionOf(file.Content, version) };

    /// <summary>Starts to generate the files of a run.</summary>
    public void Prepare(OnDemandRun run)
    {
        if (run.Specification.StagingError is null)
            _ = library.FilesOf(run);
    }
}
