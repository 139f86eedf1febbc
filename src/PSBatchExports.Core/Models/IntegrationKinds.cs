namespace PSBatchExports;

/// <summary>The kinds of integrations that exports use (docs/wire.md, section 16). The service has many more.</summary>
public static class IntegrationKinds
{
    /// <summary>The kinds.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "aws-s3", "s3-compatible", "azure-blob", "snowflake", "postgresql", "aws-redshift", "google-cloud-service-account", "databricks",
    ];
}
