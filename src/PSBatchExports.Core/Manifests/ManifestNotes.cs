using System.Globalization;

namespace PSBatchExports.Manifests;

/// <summary>What every text says about its files, as comments.</summary>
internal static class ManifestNotes
{
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>The lines at the beginning of a text.</summary>
    public static IEnumerable<string> Lines(Manifest manifest)
    {
        yield return $"Batch export files, listed on {Format(manifest.CreatedAt)}.";
        foreach (var run in manifest.Runs)
            yield return Describe(run);

        if (!manifest.HasUrls)
            yield break;

        yield return "The URLs are secrets: whoever has one can read its file.";
        yield return manifest.ExpiresAt is { } expiry
            ? $"They expire on {Format(expiry)}."
            : "When they expire is unknown.";
    }

    /// <summary>"1234 rows in 2 files", as far as they are known.</summary>
    public static string Total(Manifest manifest)
    {
        var files = manifest.Files.Count();
        var text = files == 1 ? "1 file" : $"{Number(files)} files";
        return manifest.Records is { } records ? $"{Number(records)} rows in {text}" : $"{text}; the number of rows is unknown";
    }

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Format(DateTimeOffset time) => time.ToUniversalTime().ToString(Time, CultureInfo.InvariantCulture);

    private static string Describe(ManifestRun run)
    {
        var interval = run is { Start: { } start, End: { } end } ? $", {Format(start)} to {Format(end)}" : "";
        var files = run.Files.Count == 1 ? "1 file" : $"{Number(run.Files.Count)} files";
        var rows = run.Records is { } records ? $"{Number(records)} rows" : "an unknown number of rows";
        return $"Run {run.RunId}{interval}: {files}, {rows}.";
    }
}
