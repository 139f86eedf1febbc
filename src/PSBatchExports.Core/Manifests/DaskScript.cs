namespace PSBatchExports.Manifests;

/// <summary>A Python script that reads the files with Dask, on a cluster or on this machine, and counts their rows.</summary>
internal static class DaskScript
{
    public static string Write(Manifest manifest)
    {
        var isParquet = manifest.Format == "Parquet";
        var script = new ScriptText("#", manifest);
        script.Line("# On a cluster: set DASK_SCHEDULER_ADDRESS. Without it, on this machine. Every worker must reach the files.");
        foreach (var module in Modules(manifest, isParquet))
            script.Line($"import {module}");

        script.Line().Line(isParquet ? "import dask.dataframe as dd" : "import dask.bag as db");
        if (isParquet && manifest.HasUrls)
            script.Line("import pandas as pd");

        script.Line("from distributed import Client").Line();
        script.Line("FILES = [");
        script.List(manifest.Files.Select(file => ScriptText.Python(file.Url ?? file.FullName!)));
        script.Line("]");
        script.Line($"EXPECTED_ROWS = {(manifest.Records is { } records ? ManifestNotes.Number(records) : "None")}");
        script.Line().Line();
        foreach (var line in isParquet ? Parquet(manifest) : JsonLines(manifest))
            script.Line(line);

        script.Line().Line();
        foreach (var line in Main(isParquet))
            script.Line(line);

        return script.ToString();
    }

    private static IEnumerable<string> Modules(Manifest manifest, bool isParquet)
    {
        if (!isParquet && manifest.Compression == "gzip")
            yield return "gzip";

        if (isParquet && manifest.HasUrls)
            yield return "io";

        if (!isParquet)
            yield return "json";

        yield return "os";
        yield return "sys";
        if (manifest.HasUrls)
            yield return "urllib.request";
    }

    private static string[] Parquet(Manifest manifest) => manifest.HasUrls
        ?
        [
            "def read_file(url):",
            "    # One GET of the URL as it is: it is signed for nothing else.",
            "    with urllib.request.urlopen(url) as file:",
            "        return pd.read_parquet(io.BytesIO(file.read()))",
            "",
            "",
            "def read():",
            "    \"\"\"A data frame. Columns go by their names.\"\"\"",
            "    return dd.from_map(read_file, FILES)",
        ]
        :
        [
            "def read():",
            "    \"\"\"A data frame. Columns go by their names.\"\"\"",
            "    return dd.read_parquet(FILES)",
        ];

    private static IEnumerable<string> JsonLines(Manifest manifest)
    {
        yield return "def read_rows(files):";
        yield return "    for path in files:";
        yield return $"        with {(manifest.HasUrls ? "urllib.request.urlopen(path)" : "open(path, \"rb\")")} as file:";
        if (manifest.Compression == "gzip")
        {
            yield return "            with gzip.open(file) as lines:";
            yield return "                yield from map(json.loads, lines)";
        }
        else
        {
            yield return "            yield from map(json.loads, file)";
        }

        yield return "";
        yield return "";
        yield return "def read():";
        yield return "    \"\"\"A bag with a dict for each row. A data frame: read().to_dataframe().\"\"\"";
        yield return "    return db.from_sequence(FILES, partition_size=1).map_partitions(read_rows)";
    }

    private static string[] Main(bool isParquet) =>
    [
        "def main():",
        "    with Client(os.environ.get(\"DASK_SCHEDULER_ADDRESS\")):",
        isParquet ? "        rows = len(read())" : "        rows = read().count().compute()",
        "    print(f\"{rows} rows\")",
        "    if EXPECTED_ROWS is not None and rows != EXPECTED_ROWS:",
        "        sys.exit(f\"Expected {EXPECTED_ROWS} rows, read {rows}.\")",
        "",
        "",
        "if __name__ == \"__main__\":",
        "    main()",
    ];
}
