using static PSBatchExports.Emulator.Api.Validation.ConfigKey;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>The keys of every destination type's configuration.</summary>
internal static class ConfigKeys
{
    private static readonly ConfigKey[] EventFilters = [Optional("exclude_events", "list"), Optional("include_events", "list")];

    private static readonly ConfigKey[] S3Keys =
    [
        RequiredText("bucket_name"),
        RequiredText("region"),
        RequiredText("prefix"),
        NullByDefault("compression", "str"),
        WithDefault("file_format", "JSONLines"),
        NullByDefault("max_file_size_mb", "int"),
        WithDefault("legacy_parquet_extension", false),
        NullByDefault("exclude_events", "list"),
        NullByDefault("include_events", "list"),
    ];

    private static readonly Dictionary<string, ConfigKey[]> ByType = new(StringComparer.Ordinal)
    {
        ["AwsS3"] = [.. S3Keys, NullByDefault("encryption", "str"), NullByDefault("kms_key_id", "str")],
        ["S3Compatible"] = [.. S3Keys, WithDefault("use_virtual_style_addressing", false)],
        ["AzureBlob"] =
        [
            RequiredText("container_name"),
            WithDefault("prefix", ""),
            NullByDefault("compression", "str"),
            WithDefault("file_format", "JSONLines"),
            NullByDefault("max_file_size_mb", "int"),
            WithDefault("legacy_parquet_extension", false),
            .. EventFilters,
        ],
        ["Snowflake"] =
        [
            RequiredText("database"),
            RequiredText("warehouse"),
            RequiredText("schema"),
            WithDefault("table_name", "events"),
            NullByDefault("role", "str"),
            .. EventFilters,
        ],
        ["Postgres"] =
        [
            RequiredText("database"),
            WithDefault("schema", "public"),
            WithDefault("table_name", "events"),
            WithDefault("has_self_signed_cert", false),
            Optional("user", "str"),
            Optional("password", "str"),
            Optional("host", "str"),
            Optional("port", "int"),
            .. EventFilters,
        ],
        ["Redshift"] =
        [
            RequiredText("database"),
            WithDefault("schema", "public"),
            WithDefault("table_name", "events"),
            WithDefault("port", 5439),
            WithDefault("properties_data_type", "varchar"),
            WithDefault("mode", "INSERT"),
            Optional("copy_inputs", "dict"),
            Optional("host", "str"),
            Optional("user", "str"),
            Optional("password", "str"),
            .. EventFilters,
        ],
        ["BigQuery"] =
        [
            RequiredText("dataset_id"),
            WithDefault("table_id", "events"),
            WithDefault("use_json_type", false),
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
            WithDefault("use_variant_type", true),
            WithDefault("use_automatic_schema_evolution", true),
            .. EventFilters,
        ],
        ["HTTP"] = [RequiredText("url"), RequiredText("token"), .. EventFilters],
        ["Workflows"] = [RequiredText("hog_function_id"), .. EventFilters],
        ["NoOp"] = [WithDefault("arg", ""), .. EventFilters],
        ["FileDownload"] = [.. EventFilters],
    };

    public static bool IsKnown(string type) => ByType.ContainsKey(type);

    public static IReadOnlyList<ConfigKey> ForType(string type) => ByType[type];
}
