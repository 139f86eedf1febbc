using PSBatchExports.Models;

namespace PSBatchExports.Manifests;

/// <summary>What each reader can do with files. Whatever would fail there, or lose rows, is refused here.</summary>
internal static class ManifestRules
{
    private static readonly ManifestForm[] Engines = [ManifestForm.DuckDB, ManifestForm.ClickHouse, ManifestForm.Dask, ManifestForm.Spark];

    /// <summary>Checks the files of a manifest.</summary>
    /// <exception cref="ManifestException">The form cannot take the files.</exception>
    public static void Check(Manifest manifest, ManifestForm form)
    {
        if (form is ManifestForm.Curl or ManifestForm.Aria2)
            CheckDownloads(manifest, form);
        else if (Engines.Contains(form))
            CheckEngine(manifest, form);
    }

    private static void CheckDownloads(Manifest manifest, ManifestForm form)
    {
        if (manifest.Files.FirstOrDefault(file => file.Url is null) is { } saved)
            throw new ManifestException($"{form} downloads from URLs, and '{saved.FullName}' is saved.", ManifestFailure.UrlNeeded);
    }

    private static void CheckEngine(Manifest manifest, ManifestForm form)
    {
        if (manifest.HasUrls && manifest.Files.Any(file => file.Url is null))
            throw new ManifestException("Some files are saved and others are not.", ManifestFailure.Mixed);

        if (manifest.Files.FirstOrDefault(file => file.Kind.Format is null) is { } unknown)
            throw new ManifestException($"The name '{unknown.Name}' does not show the format of the file.", ManifestFailure.UnknownFormat);

        if (manifest.Files.Select(file => file.Kind).Distinct().Count() > 1)
            throw new ManifestException("The files have different formats or compressions.", ManifestFailure.Mixed);

        if (form == ManifestForm.Spark && manifest.HasUrls)
            throw new ManifestException("Spark does not read from https URLs.", ManifestFailure.SavedFileNeeded);

        if (ReasonToExpand(form, manifest.Files.First().Kind) is { } reason)
            throw new ManifestException(reason, FailureOf(manifest));

        foreach (var file in manifest.Files)
            CheckName(form, file);
    }

    private static string? ReasonToExpand(ManifestForm form, FileKind kind) => (form, kind) switch
    {
        (_, { Format: "Parquet" } or { Compression: null }) => null,
        (ManifestForm.DuckDB, { Compression: "gzip" }) =>
            "DuckDB can lose the last rows of these files without an error, because each row in them is a gzip member of its own.",
        (ManifestForm.ClickHouse, { Compression: "gzip" or "brotli" }) => null,
        (ManifestForm.Dask or ManifestForm.Spark, { Compression: "gzip" }) => null,
        var (_, (_, compression)) => $"{form} does not read JSON lines that are compressed with {compression}.",
    };

    private static ManifestFailure FailureOf(Manifest manifest)
    {
        if (manifest.Compression is not ("gzip" or "brotli"))
            return ManifestFailure.UnknownFormat;

        return manifest.HasUrls ? ManifestFailure.SavedAndExpandNeeded : ManifestFailure.ExpandNeeded;
    }

    private static void CheckName(ManifestForm form, ManifestFile file)
    {
        // The query of a URL is not a name.
        var (text, forbidden) = (form, file.Url) switch
        {
            (ManifestForm.ClickHouse, { } url) => (url, "*{}|,"),
            (ManifestForm.ClickHouse, null) => (file.FullName!, "*?{}|,\\"),
            (ManifestForm.Spark, null) => (file.FullName!, "*?{}[]:"),
            _ => ("", ""),
        };
        if (form == ManifestForm.Spark && OperatingSystem.IsWindows())
            text = text[2..];

        if (text.AsSpan().IndexOfAny(forbidden) is var index && index >= 0)
        {
            var what = file.Url is null ? $"'{file.FullName}'" : $"The URL of '{file.Name}'";
            var message = $"{what} has a '{text[index]}', which means something else to {form}.";
            throw new ManifestException(message, ManifestFailure.UnsupportedName);
        }

        if (form == ManifestForm.Spark && file.Name[0] is '_' or '.')
        {
            throw new ManifestException(
                $"Spark ignores files whose names begin with '{file.Name[0]}', such as '{file.FullName}', without an error.",
                ManifestFailure.UnsupportedName);
        }
    }
}
