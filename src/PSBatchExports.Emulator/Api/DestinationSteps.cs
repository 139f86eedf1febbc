namespace PSBatchExports.Emulator.Api;

/// <param name="Key">The configuration key that decides the result; null if the step is skipped.</param>
internal sealed record DestinationStep(string Name, string Description, string? Key);

/// <summary>The test steps of each destination type, in order.</summary>
internal static class DestinationSteps
{
    private static readonly DestinationStep BucketStep = new(
        "Check S3 bucket exists",
        "Ensure the configured S3 bucket exists and that we have the required permissions to access it.",
        "bucket_name");

    private static readonly Dictionary<string, DestinationStep[]> ByType = new(StringComparer.Ordinal)
    {
        ["S3Compatible"] = [BucketStep],
        ["AwsS3"] =
        [
            new(
                "Ensure we can assume provided AWS role",
                "Ensure the configured AWS role ARN exists and that we have the required trust relationship to assume it.",
                null),
            BucketStep,
        ],
        ["Snowflake"] =
        [
            new("Establish connection to Snowflake", "Ensure we can connect to the configured Snowflake account.", "database"),
            new("Verify Snowflake warehouse", "Ensure the configured Snowflake warehouse can be used.", "warehouse"),
            new("Verify Snowflake database", "Ensure the configured Snowflake database can be used.", "database"),
            new("Verify Snowflake schema", "Ensure the configured Snowflake schema can be used.", "schema"),
        ],
        ["BigQuery"] =
        [
            new("Impersonate BigQuery service account", "Ensure the configured service account can be impersonated.", "dataset_id"),
            new("Verify BigQuery service account ownership", "Ensure the configured service account is yours.", "dataset_id"),
            new("Verify BigQuery project", "Ensure the configured BigQuery project exists.", "dataset_id"),
            new("Verify BigQuery dataset", "Ensure the configured BigQuery dataset exists.", "dataset_id"),
            new("Verify BigQuery table", "Ensure the configured BigQuery table can be written or made.", "table_id"),
        ],
        ["Databricks"] =
        [
            new("Establish connection to Databricks", "Ensure we can connect to the configured Databricks workspace.", "http_path"),
            new("Verify Databricks catalog", "Ensure the configured Databricks catalog exists.", "catalog"),
            new("Verify Databricks schema", "Ensure the configured Databricks schema exists.", "schema"),
            new("Verify Databricks table", "Ensure the configured Databricks table can be written or made.", "table_name"),
            new("Verify permissions to create a Databricks volume", "Ensure a volume can be made in the configured schema.", "schema"),
        ],
        ["AzureBlob"] = [new("Check Azure Blob container exists", "Ensure the configured Azure Blob container exists.", "container_name")],
    };

    public static IReadOnlyList<DestinationStep>? ForType(string type) => ByType.GetValueOrDefault(type);
}
