
namespace PSBatchExports;

/// <summary>A type of destination and its config keys (docs/wire.md, section 8). The service may have more types and keys.</summary>
/// <param name="Name">The type on the wire.</param>
/// <param name="NeedsIntegration">Whether a new export requires an integration.</param>
/// <param name="Keys">The config keys.</param>
public sealed record DestinationType(string Name, bool NeedsIntegration, IReadOnlyList<DestinationKey> Keys)
{
    private static readonly DestinationKey[] Common =
    [
        new("exclude_events") { Kind = SettingKind.Texts, Default = new(null) },
        new("include_events") { Kind = SettingKind.Texts, Default = new(null) },
    ];

    private static readonly DestinationKey[] Files =
    [
        new("prefix") { IsRequired = true },
        new("compression") { Values = FileFormats.Compressions, Default = new(null) },
        new("file_format") { Values = FileFormats.Formats, Default = new("JSONLines") },
        new("max_file_size_mb") { Kind = SettingKind.Number, Default = new(null) },
        new("legacy_parquet_extension") { Kind = SettingKind.Flag, IsServerOnly = true },
    ];

    private static readonly DestinationKey[] Bucket =
        [new("bucket_name") { IsRequired = true }, new("region") { IsRequired = true }, .. Files];

    private static readonly string[] AwsRegions =
    [
        "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1",
        "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3",
        "ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2",
        "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
        "af-south-1", "il-central-1", "me-central-1", "me-south-1",
    ];

    /// <summary>
    /// Whether an update that leaves out the integration keeps the stored one. For other types such an update removes it.
    /// </summary>
    public bool KeepsIntegration { get; init; }

    /// <summary>
    /// Config keys that have moved to the integration. The service still returns old values, but refuses them for a new export that has an
    /// integration.
    /// </summary>
    public IReadOnlyList<string> KeysHeldByIntegration { get; init; } = [];

    /// <summary>The types that exports can be created for.</summary>
    public static IReadOnlyList<DestinationType> All { get; } =
    [
        new("AwsS3", NeedsIntegration: true,
        [
            .. Bucket.Select(key => key.Name == "region" ? key with { Values = AwsRegions } : key),
            new("encryption") { Values = ["AES256", "aws:kms"], Default = new(null) }, new("kms_key_id") { Default = new(null) }, .. Common,
        ])
        {
            KeepsIntegration = true,
            KeysHeldByIntegration = ["endpoint_url"],
        },
        new("S3Compatible", NeedsIntegration: true,
        [
            .. Bucket, new("use_virtual_style_addressing") { Kind = SettingKind.Flag, Default = new(false) }, .. Common,
        ])
        {
            KeepsIntegration = true,
            KeysHeldByIntegration = ["endpoint_url"],
        },
        new("Snowflake", NeedsIntegration: true,
        [
            new("database") { IsRequired = true }, new("warehouse") { IsRequired = true }, new("schema") { IsRequired = true },
            new("table_name") { Default = new("events") }, new("role") { Default = new(null) },
            new("account"), new("user") { IsSecret = true },
            new("authentication_type") { Values = ["password", "keypair"] }, new("password") { IsSecret = true },
            new("private_key") { IsSecret = true }, new("private_key_passphrase") { IsSecret = true }, .. Common,
        ])
        {
            KeepsIntegration = true,
            KeysHeldByIntegration = ["account", "authentication_type"],
        },
        new("Postgres", NeedsIntegration: true,
        [
            new("database") { IsRequired = true }, new("schema") { Default = new("public") }, new("table_name") { Default = new("events") },
            new("has_self_signed_cert") { Kind = SettingKind.Flag, Default = new(false) },
            new("user") { IsSecret = true }, new("password") { IsSecret = true },
            new("host"), new("port") { Kind = SettingKind.Number, Default = new(5432L) }, .. Common,
        ])
        {
            KeepsIntegration = true,
        },
        new("Redshift", NeedsIntegration: true,
        [
            new("database") { IsRequired = true }, new("schema") { Default = new("public") }, new("table_name") { Default = new("events") },
            new("port") { Kind = SettingKind.Number, Default = new(5439L) },
            new("properties_data_type") { Values = ["varchar", "super"], Default = new("varchar") },
            new("mode") { Values = ["INSERT", "COPY"], Default = new("INSERT") },
            new("copy_inputs") { Kind = SettingKind.Dictionary, Default = new(null) },
            new("host"), new("user") { IsSecret = true }, new("password") { IsSecret = true }, .. Common,
        ]),
        new("BigQuery", NeedsIntegration: true,
        [
            new("dataset_id") { IsRequired = true }, new("table_id") { Default = new("events") },
            new("use_json_type") { Kind = SettingKind.Flag, Default = new(false) }, new("project_id"),
            new("private_key") { IsSecret = true }, new("private_key_id") { IsSecret = true },
            new("token_uri") { IsSecret = true }, new("client_email") { IsSecret = true }, .. Common,
        ]),
        new("Databricks", NeedsIntegration: true,
        [
            new("http_path") { IsRequired = true }, new("catalog") { IsRequired = true },
            new("schema") { IsRequired = true }, new("table_name") { IsRequired = true },
            new("use_variant_type") { Kind = SettingKind.Flag, Default = new(true) },
            new("use_automatic_schema_evolution") { Kind = SettingKind.Flag, Default = new(true) }, .. Common,
        ]),
        new("AzureBlob", NeedsIntegration: true,
        [
            new("container_name") { IsRequired = true },
            .. Files.Select(key => key.Name == "prefix" ? key with { IsRequired = false, Default = new("") } : key), .. Common,
        ]),
        new("HTTP", NeedsIntegration: false,
        [
            new("url") { IsRequired = true, Values = ["https://us.i.posthog.com/batch/", "https://eu.i.posthog.com/batch/"] },
            new("token") { IsRequired = true, IsSecret = true }, .. Common,
        ])
        {
            KeepsIntegration = true,
        },
    ];

    /// <summary>Finds a type by name, without regard to case; null for an unknown one.</summary>
    /// <param name="name">The name.</param>
    public static DestinationType? Find(string? name) =>
        All.FirstOrDefault(type => string.Equals(type.Name, name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A config key of a destination.</summary>
/// <param name="Name">The key on the wire.</param>
public sealed record DestinationKey(string Name)
{
    /// <summary>Whether a new export requires it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether the service never returns it.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether only the service may set it: it is returned, but refused for a new export.</summary>
    public bool IsServerOnly { get; init; }

    /// <summary>The known values; null if any value is valid.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>What kind of value it has.</summary>
    public SettingKind Kind { get; init; }

    /// <summary>
    /// What a missing key means to the service, where null stands for none; not given if nothing is known to stand for it.
    /// </summary>
    public Optional<object?> Default { get; init; }
}
