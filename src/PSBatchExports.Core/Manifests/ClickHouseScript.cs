namespace PSBatchExports.Manifests;

/// <summary>A view over the files in clickhouse-local, and a count of its rows.</summary>
internal static class ClickHouseScript
{
    public static string Write(Manifest manifest)
    {
        var script = new ScriptText("--", manifest);
        script.Line("-- For clickhouse local --queries-file. A server reads files of its own folder only, and keeps URLs in its catalog.");
        script.Line();
        script.Line("SET schema_inference_mode = 'union';");
        script.Line($"SET glob_expansion_max_elements = {ManifestNotes.Number(Math.Max(1000, manifest.Files.Count()))};");
        var isParquet = manifest.Format == "Parquet";
        if (!isParquet)
        {
            script.Line("SET date_time_input_format = 'best_effort';");
            script.Line("SET input_format_json_try_infer_named_tuples_from_objects = 0;");
            script.Line("SET input_format_json_read_objects_as_strings = 1;");
        }

        var compression = manifest.Compression switch
        {
            "gzip" => "'gzip'",
            "brotli" => "'br'",
            _ => "'none'",
        };
        script.Line();
        script.Line("CREATE VIEW batch_export AS");
        script.Line($"SELECT * FROM {(manifest.HasUrls ? "url" : "file")}(");
        script.List([ScriptText.ClickHouse(Pattern(manifest)), isParquet ? "'Parquet'" : "'JSONEachRow'", "'auto'", compression]);
        script.Line(");");
        return script.Line().Line(Count(manifest)).ToString();
    }

    private static string Count(Manifest manifest)
    {
        if (manifest.Records is not { } records)
            return $"-- {ManifestNotes.Total(manifest)}.\nSELECT count() AS row_count FROM batch_export;";

        var number = ManifestNotes.Number(records);
        return $"-- Fails unless there are {ManifestNotes.Total(manifest)}.\n"
            + $"SELECT count() AS row_count, throwIf(row_count != {number}, 'Expected {number} rows.') AS checked\n"
            + "FROM batch_export;";
    }

    // One pattern for all files, whose columns then go by their names.
    private static string Pattern(Manifest manifest)
    {
        if (!manifest.HasUrls)
            return Join("", manifest.Files.Select(file => file.FullName!));

        // Newer versions read the scheme, so it stays outside of the braces.
        var urls = manifest.Files.Select(file => file.Url!).ToArray();
        var origins = urls.Select(url => url[..OriginLength(url)]).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        return origins is [var origin]
            ? Join(origin, urls.Select(url => url[origin.Length..]))
            : throw new ManifestException("The files are on different hosts; ClickHouse reads from one.", ManifestFailure.Mixed);
    }

    private static int OriginLength(string url) =>
        url.IndexOf('/', url.IndexOf("://", StringComparison.Ordinal) + "://".Length) + 1;

    private static string Join(string prefix, IEnumerable<string> texts) =>
        texts.ToArray() is [var only] ? prefix + only : $"{prefix}{{{string.Join(',', texts)}}}";
}
