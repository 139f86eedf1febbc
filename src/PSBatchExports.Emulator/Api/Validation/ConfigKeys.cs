using static PSBatchExports.Emulator.Api.Validation.ConfigKey;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>The keys of every destination type's configuration.</summary>
internal static class ConfigKeys
{
    private static readonly ConfigKey[] EventFilters = [Optional("exclude_events", "list"), Optional("include_events", "list")];

    private static readonly ConfigKey LegacyParquetExtension = new("legacy_parquet_extension", "bool") { Default = false };

    private static readonly ConfigKey[] S3Keys =
    [
        RequiredText("bucket_name"),
        RequiredText("region"),
        RequiredText("prefix"),
        Optional("compression", "str"),
        new("file_format", "str"),
        Optional("max_file_size_mb", "int"),
        LegacyParquetExtension,
        .. EventFilters,
    ];

    private static readonly Dictionary<string, ConfigKey[]> ByType = new(StringComparer.Ordinal)
    {
        ["AwsS3"] = [.. S3Keys, Optional("encryption", "str"), Optional("kms_key_id", "str")],
        ["S3Compatible"] = [.. S3Keys, new("use_virtual_style_addressing", "bool")],
        ["AzureBlob"] =
        [
            RequiredText("container_name"),
            new("prefix", "str"),
            Optional("compression", "str"),
            new("file_format", "str"),
            Optional("max_file_size_mb", "int"),
            LegacyParquetExtension,
            .. EventFilters,
        ],
        ["Snowflake"] =
        [
            RequiredText("database"),
            RequiredText("warehouse"),
            RequiredText("schema"),
            new("table_name", "str"),
            Optional("role", "str"),
            .. EventFilters,
        ],
        ["Postgres"] =
        [
            RequiredText("database"),
            new("schema", "str"),
            new("table_name", "str"),
            new("has_self_signed_cert", "bool"),
            Optional("user", "str"),
            Optional("password", "str"),
            Optional("host", "str"),
            Optional("port", "int"),
            .. EventFilters,
        ],
        ["Redshift"] =
        [
            RequiredText("database"),
            new("schema", "str"),
            new("table_name", "str"),
            new("port", "int"),
            new("properties_data_type", "str"),
            new("mode", "str"),
            Optional("copy_inputs", "dict"),
            Optional("host", "str"),
            Optional("user", "str"),
            Optional("password", "str"),
            .. EventFilters,
        ],
        ["BigQuery"] =
        [
            RequiredText("dataset_id"),
            new("table_id", "str"),
            new("use_json_type", "bool"),
            Optional("project_id", "str"),
            Optional("private_key", "str"),
            Optional("private_key_id", "str"),
            Optional("token_uri", "str"),
            Optional("client_email", "str"),
            .. EventFilters,
        ],
        ["Databricks"] =
        [
            RequiredText("http_path"),
            RequiredText("catalog"),
            RequiredText("schema"),
            RequiredText("table_name"),
            new("use_variant_type", "bool"),
            new("use_automatic_schema_evolution", "bool"),
            .. EventFilters,
        ],
        ["HTTP"] = [RequiredText("url"), RequiredText("token"), .. EventFilters],
        ["Workflows"] = [RequiredText("hog_function_id"), .. EventFilters],
        ["NoOp"] = [new("arg", "str"), .. EventFilters],
        ["FileDownload"] = [.. EventFilters],
    };

    public static bool IsKnown(string type) => ByType.ContainsKey(type);

    public static IReadOnlyList<ConfigKey> ForType(string type) => ByType[type];
}
