using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PSBatchExports.Manifests;

/// <summary>The manifest as JSON. What is unknown is left out.</summary>
internal static class JsonManifest
{
    private const int Version = 1;

    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,

        // URLs stay readable; nothing here becomes HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="manifest">The manifest.</param>
    /// <param name="folder">The folder that paths are relative to; null for full paths.</param>
    public static string Write(Manifest manifest, string? folder)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
            Write(writer, manifest, folder);

        var json = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        return json.Replace("\r\n", "\n", StringComparison.Ordinal) + "\n";
    }

    private static void Write(Utf8JsonWriter writer, Manifest manifest, string? folder)
    {
        writer.WriteStartObject();
        writer.WriteNumber("manifest", Version);
        writer.WriteString("createdAt", ManifestNotes.Format(manifest.CreatedAt));
        Put(writer, "model", manifest.Model);
        writer.WriteString("format", manifest.Format);
        writer.WriteString("compression", manifest.Compression);
        writer.WriteString("deduplicateBy", manifest.DeduplicateBy);
        writer.WriteStartArray("runs");
        foreach (var run in manifest.Runs)
            Write(writer, run, folder);

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ManifestRun run, string? folder)
    {
        writer.WriteStartObject();
        writer.WriteString("runId", run.RunId);
        Put(writer, "start", run.Start);
        Put(writer, "end", run.End);
        Put(writer, "records", run.Records);
        writer.WriteStartArray("files");
        foreach (var file in run.Files)
            Write(writer, file, folder);

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ManifestFile file, string? folder)
    {
        writer.WriteStartObject();
        Put(writer, "path", file.FullName is { } path ? Relative(path, folder) : null);
        Put(writer, "url", file.Url);
        Put(writer, "expiresAt", file.ExpiresAt);
        writer.WriteString("name", file.Name);
        writer.WriteString("fileId", file.FileId);
        Put(writer, "length", file.Length);
        Put(writer, "sha256", file.Sha256);
        Put(writer, "etag", file.ETag);
        Put(writer, "records", file.Records);
        writer.WriteEndObject();
    }

    private static string Relative(string path, string? folder)
    {
        var relative = folder is null ? path : Path.GetRelativePath(folder, path);
        return relative.Replace(Path.DirectorySeparatorChar, '/');
    }

    private static void Put(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    private static void Put(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
    }

    private static void Put(Utf8JsonWriter writer, string name, DateTimeOffset? value)
    {
        if (value is { } time)
            writer.WriteString(name, ManifestNotes.Format(time));
    }
}
