namespace PSBatchExports;

/// <summary>What reads a manifest.</summary>
public enum ManifestForm
{
    /// <summary>JSON, for programs.</summary>
    Json,

    /// <summary>A SQL script for DuckDB.</summary>
    DuckDB,

    /// <summary>A SQL script for clickhouse-local.</summary>
    ClickHouse,

    /// <summary>A Python script for Dask.</summary>
    Dask,

    /// <summary>A Python script for Spark.</summary>
    Spark,

    /// <summary>A configuration for curl --config.</summary>
    Curl,

    /// <summary>An input file for aria2c --input-file.</summary>
    Aria2,

    /// <summary>A URL a line.</summary>
    UrlList,
}
