using System.Security.Cryptography;
using PSBatchExports.Files.Disk;
using PSBatchExports.Files.Integrity;
using PSBatchExports.Models;

namespace PSBatchExports.Manifests;

/// <summary>Builds a manifest of files as they were saved or listed.</summary>
/// <param name="options">What the manifest is for.</param>
internal sealed class ManifestBuilder(ManifestOptions options)
{
    /// <summary>Reads what the manifest says of the files.</summary>
    /// <param name="files">Each a <see cref="SavedBatchExportFile"/> or a <see cref="BatchExportFile"/>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ManifestException">A file has neither content nor a URL, or cannot be unpacked.</exception>
    /// <exception cref="FileSaveException">A file cannot be unpacked, or cannot be read.</exception>
    public Manifest Build(IReadOnlyList<ServiceObject> files, CancellationToken cancellationToken)
    {
        var added = new List<(ManifestFile File, RunFacts? Run)>();
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var next = file switch
            {
                SavedBatchExportFile saved => (Describe(saved, cancellationToken), saved.Run),
                BatchExportFile listed => (Describe(listed), listed.Run),
                _ => throw new ArgumentException("Only saved or listed files can be handed over.", nameof(files)),
            };
            if (!added.Exists(earlier => IsSame(earlier.File, next.Item1)))
                added.Add(next);
        }

        var models = added.Select(file => file.Run?.Model).Distinct().ToArray();
        return new Manifest
        {
            CreatedAt = options.Time.GetUtcNow(),
            Model = models is [var only] ? only : null,
            Runs = [.. added.GroupBy(file => file.File.RunId, StringComparer.OrdinalIgnoreCase).Select(CreateRun)],
        };
    }

    private static bool IsSame(ManifestFile left, ManifestFile right) =>
        left.FileId == right.FileId && left.RunId == right.RunId && left.FullName == right.FullName;

    private static ManifestRun CreateRun(IGrouping<string, (ManifestFile File, RunFacts? Run)> run)
    {
        var files = run.Select(file => file.File).ToArray();
        var interval = files.Select(file => FileNameInterval.Find(file.Name)).FirstOrDefault(found => found is not null);
        return new ManifestRun(run.Key, interval?.Start, interval?.End, CountRecords(files, [.. run.Select(file => file.Run)]), files);
    }

    // What the service says of the run counts only if all files of the run are here.
    private static long? CountRecords(ManifestFile[] files, RunFacts?[] facts)
    {
        var latest = facts.MaxBy(fact => fact?.Files ?? 0);
        if (latest?.Records is { } records && files.Length == latest.Files)
            return records;

        return files.Any(file => file.Records is null) ? null : files.Sum(file => file.Records);
    }

    private ManifestFile Describe(BatchExportFile file)
    {
        if (file.Url is null)
        {
            throw new ManifestException(
                $"File {file.Index} of run {file.RunId} has no URL.", ManifestFailure.UrlMissing);
        }

        if (options.Expand)
        {
            throw new ManifestException(
                $"File {file.Index} of run {file.RunId} is not saved, so it cannot be unpacked.", ManifestFailure.SavedFileNeeded);
        }

        return new ManifestFile
        {
            RunId = file.RunId,
            FileId = file.FileId,
            Name = file.Name ?? file.FileId,
            Url = file.Url,
            ExpiresAt = file.ExpiresAt,
            Length = file.Length,
            ETag = file.ETag,
        };
    }

    private ManifestFile Describe(SavedBatchExportFile saved, CancellationToken cancellationToken)
    {
        if (!File.Exists(saved.FullName) || new FileInfo(saved.FullName).Length != saved.Length)
        {
            throw new ManifestException(
                $"'{saved.FullName}' is gone, or is not the file that was saved.", ManifestFailure.FileChanged);
        }

        var file = new ManifestFile
        {
            RunId = saved.RunId,
            FileId = saved.FileId,
            Name = saved.Name,
            FullName = saved.FullName,
            Length = saved.Length,
            ETag = saved.ETag,
            Records = saved.Records,
        };
        return FileSystemErrors.Guard(saved.FullName, () => Read(Expand(file, cancellationToken), cancellationToken));
    }

    private ManifestFile Expand(ManifestFile file, CancellationToken cancellationToken)
    {
        if (!options.Expand || file.Kind is not { Format: "JSONLines", Compression: ("gzip" or "brotli") and var compression })
            return file;

        var path = ExpandedFile.Create(file.FullName!, compression, options.Overwrite, cancellationToken);
        return file with { FullName = path, Name = Path.GetFileName(path), Length = new FileInfo(path).Length, ETag = null };
    }

    // A footer is cheap to read. A hash takes the whole file, and only JSON has a place for it.
    private ManifestFile Read(ManifestFile file, CancellationToken cancellationToken)
    {
        using var content = LocalDisk.Instance.OpenRead(file.FullName!);
        if (file is { Records: null, Kind.Format: "Parquet" })
        {
            var count = RowCounter.Count(file.Name, content, cancellationToken);
            file = file with { Records = (count as FileRowCount.Counted)?.Rows };
        }

        return options.Form == ManifestForm.Json ? file with { Sha256 = Hash(content, cancellationToken) } : file;
    }

    private static string Hash(Stream content, CancellationToken cancellationToken)
    {
        content.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        CompressedContent.Read(content, compression: null, hash.AppendData, cancellationToken);
        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }
}
