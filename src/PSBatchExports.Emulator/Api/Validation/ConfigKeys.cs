using static PSBatchExports.Emulator.Api.Validation.ConfigKey;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>The keys of every destination type's configuration.</summary>
internal static class ConfigKeys
{
    private static readonly ConfigKey[] s_everywhere = [Optional("exclude_events", "list"), Optional("include_events", "list")];

    private static readonly ConfigKey[] s_s3 =
    [
        Needed("bucket_name"),
        Needed("region"),
        Needed("prefix"),
        NullBy("compression", "str"),
        With("file_format", "JSONLines"),
        NullBy("max_file_size_mb", "int"),
        With("legacy_parquet_extension", false),
        NullBy("exclude_events", "list"),
        NullBy("include_events", "list"),
    ];

    private static readonly Dictionary<string, ConfigKey[]> s_byType = new(StringComparer.Ordinal)
    {
        ["AwsS3"] = [.. s_s3, NullBy("encryption", "str"), NullBy("kms_key_id", "str")],
        ["S3Compatible"] = [.. s_s3, With("use_virtual_style_addressing", false)],
        ["AzureBlob"] =
        [
            Needed("container_name"),
            With("prefix", ""),
            NullBy("compression", "str"),
            With("file_format", "JSONLines"),
            NullBy("max_file_size_mb", "int"),
            With("legacy_parquet_extension", false),
            .. s_everywhere,
        ],
        ["Snowflake"] =
        [
            Needed("database"), Needed("warehouse"), Needed("schema"), With("table_name", "events"), NullBy("role", "str"), .. s_everywhere,
        ],
        ["Postgres"] =
        [
            Needed("database"),
            With("schema", "public"),
            With("table_name", "events"),
            With("has_self_signed_cert", false),
            Optional("user", "str"),
            Optional("password", "str"),
            Optional("host", "str"),
            Optional("port", "int"),
            .. s_everywhere,
        ],
        ["Redshift"] =
        [
            Needed("database"),
            With("schema", "public"),
            With("table_name", "events"),
            With("port", 5439),
            With("properties_data_type", "varchar"),
            With("mode", "INSERT"),
            Optional("copy_inputs", "dict"),
            Optional("host", "str"),
            Optional("user", "str"),
            Optional("password", "str"),
            .. s_everywhere,
        ],
        ["BigQuery"] =
        [
            Needed("dataset_id"),
            With("table_id", "events"),
            With("use_json_type", false),
            Optional("project_id", "str"),
            Optional("private_key", "str"),
            Optional("private_key_id", "str"),
            Optional("token_uri", "str"),
            Optional("client_email", "str"),
            .. s_everywhere,
        ],
        ["Databricks"] =
        [
            Needed("http_path"),
            Needed("catalog"),
            Needed("schema"),
            Needed("table_name"),
            With("use_variant_type", true),
            With("use_automatic_schema_evolution", true),
            .. s_everywhere,
        ],
        ["HTTP"] = [Needed("url"), Needed("token"), .. s_everywhere],
        ["Workflows"] = [Needed("hog_function_id"), .. s_everywhere],
        ["NoOp"] = [With("arg", ""), .. s_everywhere],
        ["FileDownload"] = [.. s_everywhere],
    };

    public static bool Knows(string type) => s_byType.ContainsKey(type);

    public static IReadOnlyList<ConfigKey> Of(string type) => s_byType[type];
}
