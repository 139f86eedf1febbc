using System.Text;

namespace PSBatchExports.Manifests;

/// <summary>A view over the files in DuckDB, and a count of its rows.</summary>
internal static class DuckDBScript
{
    public static string Write(Manifest manifest)
    {
        var script = new ScriptText("--", manifest).Line();
        if (manifest.HasUrls)
        {
            script.Line("INSTALL httpfs;");
            script.Line("LOAD httpfs;").Line();
        }

        var isParquet = manifest.Format == "Parquet";

        // Types inside of columns are not inferred: keys that differ only in case, and times of mixed precision, would end the query.
        if (!isParquet)
            script.Line("-- Every column is JSON, as in the file. As text: event->>'$'.");

        script.Line("CREATE OR REPLACE TEMPORARY VIEW batch_export AS");
        script.Line($"SELECT * FROM {(isParquet ? "read_parquet" : "read_json")}([");
        script.List(manifest.Files.Select(file => ScriptText.Sql(file.Url ?? Escape(file.FullName!))));
        script.Line(isParquet
            ? "], union_by_name = true);"
            : "], format = 'newline_delimited', compression = 'uncompressed', maximum_depth = 1, union_by_name = true);");
        return script.Line().Line(Count(manifest)).ToString();
    }

    private static string Count(Manifest manifest) => manifest.Records is { } records
        ? $"-- Fails unless there are {ManifestNotes.Total(manifest)}.\n"
            + $"SELECT CASE WHEN count(*) = {ManifestNotes.Number(records)} THEN count(*)\n"
            + $"    ELSE error('Expected {ManifestNotes.Number(records)} rows, read ' || count(*) || '.') END AS row_count\n"
            + "FROM batch_export;"
        : $"-- {ManifestNotes.Total(manifest)}.\nSELECT count(*) AS row_count FROM batch_export;";

    // Paths are patterns.
    private static string Escape(string path)
    {
        var escaped = new StringBuilder();
        foreach (var character in path)
            escaped.Append(character is '*' or '?' or '[' ? $"[{character}]" : character);

        return escaped.ToString();
    }
}
