using System.Globalization;

namespace PSBatchExports.Emulator.Data;

/// <summary>Generated files on disk, shared by runs that export the same rows through the same worker.</summary>
internal sealed class FileCache(EmulatorOptions options) : IAsyncDisposable
{
    private const long Mebibyte = 1024 * 1024;

    private readonly string _folder = Directory.CreateTempSubdirectory("psbatchexports-emulator-").FullName;
    private readonly object _gate = new();
    private readonly Dictionary<string, Task<GeneratedFiles>> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, int), Task<GeneratedFile>> _versions = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _writers = new(2);
    private int _files;

    /// <summary>The files of a run, generated on first use.</summary>
    public Task<GeneratedFiles> FilesOf(OnDemandRun run)
    {
        var key = KeyOf(run);
        lock (_gate)
        {
            if (!_known.TryGetValue(key, out var files))
                _known[key] = files = Task.Run(() => GenerateAsync(run), _closing.Token);
            return files;
        }
    }

    /// <summary>A file of the same length in which every byte differs.</summary>
    public Task<GeneratedFile> VersionOf(GeneratedFile file, int version)
    {
        lock (_gate)
        {
            if (!_versions.TryGetValue((file.Path, version), out var changed))
                _versions[(file.Path, version)] = changed = Task.Run(() => ChangeAsync(file, (byte)version), _closing.Token);
            return changed;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        foreach (var generation in _known.Values.Concat<Task>(_versions.Values))
            await generation.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
        _writers.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<GeneratedFiles> GenerateAsync(OnDemandRun run)
    {
        await _writers.WaitAsync(_closing.Token);
        try
        {
            var paths = new List<string>();
            var records = Write(run, () => NewPath(paths));
            var parts = new List<GeneratedFile>();
            foreach (var path in paths)
                parts.Add(new GeneratedFile(path, new FileInfo(path).Length, await TagAsync(path)));

            return new GeneratedFiles(parts, records);
        }
        finally
        {
            _writers.Release();
        }
    }

    private async Task<GeneratedFile> ChangeAsync(GeneratedFile file, byte mask)
    {
        var path = NewPath([]);
        await using (var source = File.OpenRead(file.Path))
        await using (var target = File.Create(path))
        {
            var buffer = new byte[64 * 1024];
            int read;
            while ((read = await source.ReadAsync(buffer, _closing.Token)) > 0)
            {
                for (var at = 0; at < read; at++)
                    buffer[at] ^= mask;
                await target.WriteAsync(buffer.AsMemory(0, read), _closing.Token);
            }
        }

        return new GeneratedFile(path, file.Length, await TagAsync(path));
    }

    private Task<string> TagAsync(string path) => EntityTag.ComputeAsync(path, !options.SinglePartTags, _closing.Token);

    private long Write(OnDemandRun run, Func<string> nextPath)
    {
        var specification = run.Specification;
        var worker = Worker.For(run, options);
        var source = RowSources.For(run, options);
        var columns = worker.Shuffle(source.Columns);
        var limit = new FileLimit(specification.MaxSizeMB is > 0 and { } size ? size * Mebibyte : null, options.TrailingEmptyFile);
        return specification.IsParquet
            ? ParquetWriter.Write(columns, worker.Read(source), specification.Compression, limit, nextPath, _closing.Token)
            : JsonLinesWriter.Write(columns, worker.Read(source), specification.Compression, limit, nextPath, _closing.Token);
    }

    private string KeyOf(OnDemandRun run)
    {
        var isRecent = run.Specification.Start is { } start && EventTimeline.IsRecent(start, run.CreatedAt);
        return string.Create(
            CultureInfo.InvariantCulture, $"{run.ProjectId}|{run.Specification.ContentKey}|{isRecent}|{Worker.For(run, options).Number}");
    }

    private string NewPath(List<string> paths)
    {
        var path = Path.Combine(_folder, Interlocked.Increment(ref _files).ToString(CultureInfo.InvariantCulture));
        paths.Add(path);
        return path;
    }
}
