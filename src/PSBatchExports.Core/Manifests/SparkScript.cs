namespace PSBatchExports.Manifests;

/// <summary>A Python script that reads saved files with Spark and counts their rows.</summary>
internal static class SparkScript
{
    public static string Write(Manifest manifest)
    {
        var script = new ScriptText("#", manifest);
        script.Line("# For spark-submit. Every executor must see the paths; for another file system, change BASE.");
        script.Line("import sys").Line();
        script.Line("from pyspark.sql import SparkSession").Line();
        script.Line("BASE = \"file://\"");
        script.Line("FILES = [");
        script.List(manifest.Files.Select(file => ScriptText.Python(Path(file.FullName!))));
        script.Line("]");
        script.Line($"EXPECTED_ROWS = {(manifest.Records is { } records ? ManifestNotes.Number(records) : "None")}").Line();
        script.Line("# Keys in JSON may differ only in case.");
        script.Line("spark = SparkSession.builder.config(\"spark.sql.caseSensitive\", \"true\").getOrCreate()");
        script.Line("paths = [BASE + path for path in FILES]");
        script.Line(manifest.Format == "Parquet"
            ? "batch_export = spark.read.option(\"mergeSchema\", \"true\").parquet(*paths)"
            : "batch_export = spark.read.option(\"mode\", \"FAILFAST\").json(paths)");
        script.Line("batch_export.createOrReplaceTempView(\"batch_export\")").Line();
        script.Line("rows = batch_export.count()");
        script.Line("print(f\"{rows} rows\")");
        script.Line("if EXPECTED_ROWS is not None and rows != EXPECTED_ROWS:");
        return script.Line("    sys.exit(f\"Expected {EXPECTED_ROWS} rows, read {rows}.\")").ToString();
    }

    // Hadoop takes paths as they are, without percent-encoding, and with slashes.
    private static string Path(string path)
    {
        var withSlashes = path.Replace(System.IO.Path.DirectorySeparatorChar, '/');
        return withSlashes.StartsWith('/') ? withSlashes : "/" + withSlashes;
    }
}
