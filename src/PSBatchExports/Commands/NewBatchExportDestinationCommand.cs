using System.Collections;
using System.Management.Automation;
using System.Security;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Describes where an export's data goes. Sends nothing.</summary>
[Cmdlet(VerbsCommon.New, "BatchExportDestination", DefaultParameterSetName = GenericSet, HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
[OutputType(typeof(BatchExportDestination))]
public sealed class NewBatchExportDestinationCommand : PSCmdlet
{
    private const string GenericSet = "Generic";
    private const string AwsS3Set = "AwsS3";
    private const string S3CompatibleSet = "S3Compatible";
    private const string SnowflakeSet = "Snowflake";
    private const string PostgresSet = "Postgres";
    private const string RedshiftSet = "Redshift";
    private const string BigQuerySet = "BigQuery";
    private const string DatabricksSet = "Databricks";
    private const string AzureBlobSet = "AzureBlob";
    private const string HttpSet = "Http";

    /// <summary>The type, for types without a switch of their own.</summary>
    [Parameter(ParameterSetName = GenericSet, Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(Completers.DestinationTypeCompleter))]
    public string Type { get; set; } = "";

    /// <summary>The settings under their wire names. Secrets may be secure strings.</summary>
    [Parameter(ParameterSetName = GenericSet, Position = 1)]
    [ValidateNotNull]
    [DictionaryTransformation]
    public IDictionary Config { get; set; } = new Hashtable();

    /// <summary>The number of the stored credential. Snowflake, Postgres, Redshift and BigQuery may have credentials of their own instead, on servers that still take them.</summary>
    [Parameter(ParameterSetName = GenericSet)]
    [Parameter(ParameterSetName = AwsS3Set, Mandatory = true)]
    [Parameter(ParameterSetName = S3CompatibleSet, Mandatory = true)]
    [Parameter(ParameterSetName = SnowflakeSet)]
    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    [Parameter(ParameterSetName = BigQuerySet)]
    [Parameter(ParameterSetName = DatabricksSet, Mandatory = true)]
    [Parameter(ParameterSetName = AzureBlobSet, Mandatory = true)]
    [AllowNull]
    [ArgumentCompleter(typeof(Completers.IntegrationCompleter))]
    public int? IntegrationId { get; set; }

    /// <summary>Amazon S3.</summary>
    [Parameter(ParameterSetName = AwsS3Set, Mandatory = true)]
    public SwitchParameter AwsS3 { get; set; }

    /// <summary>A store that speaks S3.</summary>
    [Parameter(ParameterSetName = S3CompatibleSet, Mandatory = true)]
    public SwitchParameter S3Compatible { get; set; }

    /// <summary>Snowflake.</summary>
    [Parameter(ParameterSetName = SnowflakeSet, Mandatory = true)]
    public SwitchParameter Snowflake { get; set; }

    /// <summary>PostgreSQL.</summary>
    [Parameter(ParameterSetName = PostgresSet, Mandatory = true)]
    public SwitchParameter Postgres { get; set; }

    /// <summary>Amazon Redshift.</summary>
    [Parameter(ParameterSetName = RedshiftSet, Mandatory = true)]
    public SwitchParameter Redshift { get; set; }

    /// <summary>Google BigQuery.</summary>
    [Parameter(ParameterSetName = BigQuerySet, Mandatory = true)]
    public SwitchParameter BigQuery { get; set; }

    /// <summary>Databricks.</summary>
    [Parameter(ParameterSetName = DatabricksSet, Mandatory = true)]
    public SwitchParameter Databricks { get; set; }

    /// <summary>Azure Blob Storage.</summary>
    [Parameter(ParameterSetName = AzureBlobSet, Mandatory = true)]
    public SwitchParameter AzureBlob { get; set; }

    /// <summary>Another PostHog project, for the events model.</summary>
    [Parameter(ParameterSetName = HttpSet, Mandatory = true)]
    public SwitchParameter Http { get; set; }

    /// <summary>The bucket.</summary>
    [Parameter(ParameterSetName = AwsS3Set, Mandatory = true)]
    [Parameter(ParameterSetName = S3CompatibleSet, Mandatory = true)]
    public string? BucketName { get; set; }

    /// <summary>The bucket's region.</summary>
    [Parameter(ParameterSetName = AwsS3Set, Mandatory = true)]
    [Parameter(ParameterSetName = S3CompatibleSet, Mandatory = true)]
    [ArgumentCompleter(typeof(Completers.DestinationValueCompleter))]
    public string? Region { get; set; }

    /// <summary>Text before the names of the files; may hold {year}, {month}, {day}, {hour}, {table} and the like.</summary>
    [Parameter(ParameterSetName = AwsS3Set, Mandatory = true)]
    [Parameter(ParameterSetName = S3CompatibleSet, Mandatory = true)]
    [Parameter(ParameterSetName = AzureBlobSet)]
    public string? Prefix { get; set; }

    /// <summary>The container.</summary>
    [Parameter(ParameterSetName = AzureBlobSet, Mandatory = true)]
    public string? ContainerName { get; set; }

    /// <summary>JSONLines or Parquet. Default: JSONLines.</summary>
    [Parameter(ParameterSetName = AwsS3Set)]
    [Parameter(ParameterSetName = S3CompatibleSet)]
    [Parameter(ParameterSetName = AzureBlobSet)]
    [ArgumentCompleter(typeof(Completers.FormatCompleter))]
    public string? FileFormat { get; set; }

    /// <summary>For JSONLines gzip or brotli; for Parquet zstd, lz4, snappy, gzip or brotli. Default: none.</summary>
    [Parameter(ParameterSetName = AwsS3Set)]
    [Parameter(ParameterSetName = S3CompatibleSet)]
    [Parameter(ParameterSetName = AzureBlobSet)]
    [ArgumentCompleter(typeof(Completers.DestinationCompressionCompleter))]
    public string? Compression { get; set; }

    /// <summary>About how many MiB a file may have; larger results are split and get a manifest. Default: one file.</summary>
    [Parameter(ParameterSetName = AwsS3Set)]
    [Parameter(ParameterSetName = S3CompatibleSet)]
    [Parameter(ParameterSetName = AzureBlobSet)]
    public int? MaxFileSizeMB { get; set; }

    /// <summary>Whether names of Parquet files name the compression, for exports that already do.</summary>
    [Parameter(ParameterSetName = AwsS3Set)]
    [Parameter(ParameterSetName = S3CompatibleSet)]
    [Parameter(ParameterSetName = AzureBlobSet)]
    [BoolTransformation]
    public bool? LegacyParquetExtension { get; set; }

    /// <summary>AES256 or aws:kms. Default: none.</summary>
    [Parameter(ParameterSetName = AwsS3Set)]
    [ArgumentCompleter(typeof(Completers.DestinationValueCompleter))]
    public string? Encryption { get; set; }

    /// <summary>The key, with aws:kms.</summary>
    [Parameter(ParameterSetName = AwsS3Set)]
    public string? KmsKeyId { get; set; }

    /// <summary>Whether the bucket is part of the host's name.</summary>
    [Parameter(ParameterSetName = S3CompatibleSet)]
    [BoolTransformation]
    public bool? UseVirtualStyleAddressing { get; set; }

    /// <summary>The database.</summary>
    [Parameter(ParameterSetName = SnowflakeSet, Mandatory = true)]
    [Parameter(ParameterSetName = PostgresSet, Mandatory = true)]
    [Parameter(ParameterSetName = RedshiftSet, Mandatory = true)]
    public string? Database { get; set; }

    /// <summary>The warehouse.</summary>
    [Parameter(ParameterSetName = SnowflakeSet, Mandatory = true)]
    public string? Warehouse { get; set; }

    /// <summary>The schema. Default for Postgres and Redshift: public.</summary>
    [Parameter(ParameterSetName = SnowflakeSet, Mandatory = true)]
    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    [Parameter(ParameterSetName = DatabricksSet, Mandatory = true)]
    public string? Schema { get; set; }

    /// <summary>The table. Default, but for Databricks: events.</summary>
    [Parameter(ParameterSetName = SnowflakeSet)]
    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    [Parameter(ParameterSetName = DatabricksSet, Mandatory = true)]
    public string? TableName { get; set; }

    /// <summary>The role.</summary>
    [Parameter(ParameterSetName = SnowflakeSet)]
    public string? Role { get; set; }

    /// <summary>The account; for servers that know no integrations.</summary>
    [Parameter(ParameterSetName = SnowflakeSet)]
    public string? Account { get; set; }

    /// <summary>password or keypair; for servers that know no integrations.</summary>
    [Parameter(ParameterSetName = SnowflakeSet)]
    [ArgumentCompleter(typeof(Completers.DestinationValueCompleter))]
    public string? AuthenticationType { get; set; }

    /// <summary>Whether the server's certificate is self-signed.</summary>
    [Parameter(ParameterSetName = PostgresSet)]
    [BoolTransformation]
    public bool? HasSelfSignedCert { get; set; }

    /// <summary>The host name. Needed for Redshift where the integration stores none.</summary>
    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    public new string? Host { get; set; }

    /// <summary>The port. Default: 5432 for Postgres, 5439 for Redshift.</summary>
    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    public int? Port { get; set; }

    /// <summary>The user; for exports without an integration.</summary>
    [Parameter(ParameterSetName = SnowflakeSet)]
    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    [SecretTransformation]
    public SecureString? User { get; set; }

    /// <summary>The password; for exports without an integration.</summary>
    [Parameter(ParameterSetName = SnowflakeSet)]
    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    [SecretTransformation]
    public SecureString? Password { get; set; }

    /// <summary>varchar or super. Default: varchar.</summary>
    [Parameter(ParameterSetName = RedshiftSet)]
    [ArgumentCompleter(typeof(Completers.DestinationValueCompleter))]
    public string? PropertiesDataType { get; set; }

    /// <summary>INSERT or COPY. Default: INSERT.</summary>
    [Parameter(ParameterSetName = RedshiftSet)]
    [ArgumentCompleter(typeof(Completers.DestinationValueCompleter))]
    public string? Mode { get; set; }

    /// <summary>The inputs of COPY: s3_bucket, region_name, s3_key_prefix, authorization, bucket_credentials. Secrets may be secure strings.</summary>
    [Parameter(ParameterSetName = RedshiftSet)]
    [DictionaryTransformation]
    public IDictionary? CopyInputs { get; set; }

    /// <summary>The dataset.</summary>
    [Parameter(ParameterSetName = BigQuerySet, Mandatory = true)]
    public string? DatasetId { get; set; }

    /// <summary>The table. Default: events.</summary>
    [Parameter(ParameterSetName = BigQuerySet)]
    public string? TableId { get; set; }

    /// <summary>Whether properties are written as JSON and not as text; do not change it later.</summary>
    [Parameter(ParameterSetName = BigQuerySet)]
    [BoolTransformation]
    public bool? UseJsonType { get; set; }

    /// <summary>The Google Cloud project; for exports without an integration.</summary>
    [Parameter(ParameterSetName = BigQuerySet)]
    public string? ProjectId { get; set; }

    /// <summary>The private key; for exports without an integration.</summary>
    [Parameter(ParameterSetName = BigQuerySet)]
    [Parameter(ParameterSetName = SnowflakeSet)]
    [SecretTransformation]
    public SecureString? PrivateKey { get; set; }

    /// <summary>The passphrase of the private key.</summary>
    [Parameter(ParameterSetName = SnowflakeSet)]
    [SecretTransformation]
    public SecureString? PrivateKeyPassphrase { get; set; }

    /// <summary>The id of the private key; for exports without an integration.</summary>
    [Parameter(ParameterSetName = BigQuerySet)]
    [SecretTransformation]
    public SecureString? PrivateKeyId { get; set; }

    /// <summary>The address for tokens; for exports without an integration.</summary>
    [Parameter(ParameterSetName = BigQuerySet)]
    [SecretTransformation]
    public SecureString? TokenUri { get; set; }

    /// <summary>The service account; for exports without an integration.</summary>
    [Parameter(ParameterSetName = BigQuerySet)]
    [SecretTransformation]
    public SecureString? ClientEmail { get; set; }

    /// <summary>The HTTP path of the SQL warehouse.</summary>
    [Parameter(ParameterSetName = DatabricksSet, Mandatory = true)]
    public string? HttpPath { get; set; }

    /// <summary>The catalog.</summary>
    [Parameter(ParameterSetName = DatabricksSet, Mandatory = true)]
    public string? Catalog { get; set; }

    /// <summary>Whether properties are written as VARIANT. Default: true.</summary>
    [Parameter(ParameterSetName = DatabricksSet)]
    [BoolTransformation]
    public bool? UseVariantType { get; set; }

    /// <summary>Whether the table follows the schema. Default: true.</summary>
    [Parameter(ParameterSetName = DatabricksSet)]
    [BoolTransformation]
    public bool? UseAutomaticSchemaEvolution { get; set; }

    /// <summary>https://us.i.posthog.com/batch/ or https://eu.i.posthog.com/batch/.</summary>
    [Parameter(ParameterSetName = HttpSet, Mandatory = true)]
    [ArgumentCompleter(typeof(Completers.DestinationValueCompleter))]
    public string? Url { get; set; }

    /// <summary>The target project's token.</summary>
    [Parameter(ParameterSetName = HttpSet, Mandatory = true)]
    [SecretTransformation]
    public SecureString? Token { get; set; }

    /// <summary>Names of the events to export; for the events model. Default: all.</summary>
    [Parameter(ParameterSetName = AwsS3Set)]
    [Parameter(ParameterSetName = S3CompatibleSet)]
    [Parameter(ParameterSetName = SnowflakeSet)]
    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    [Parameter(ParameterSetName = BigQuerySet)]
    [Parameter(ParameterSetName = DatabricksSet)]
    [Parameter(ParameterSetName = AzureBlobSet)]
    [Parameter(ParameterSetName = HttpSet)]
    public string[]? IncludeEvents { get; set; }

    /// <summary>Names of the events to leave out; for the events model. Default: none.</summary>
    [Parameter(ParameterSetName = AwsS3Set)]
    [Parameter(ParameterSetName = S3CompatibleSet)]
    [Parameter(ParameterSetName = SnowflakeSet)]
    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    [Parameter(ParameterSetName = BigQuerySet)]
    [Parameter(ParameterSetName = DatabricksSet)]
    [Parameter(ParameterSetName = AzureBlobSet)]
    [Parameter(ParameterSetName = HttpSet)]
    public string[]? ExcludeEvents { get; set; }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        try
        {
            var destination = ParameterSetName == GenericSet
                ? BatchExportDestination.Create(DestinationType.Find(Type)?.Name ?? Type, PlainValues.ToDictionary(Config), Integration)
                : Typed(DestinationType.Find(ParameterSetName)!);
            Check(destination);
            WriteObject(destination);
        }
        catch (DestinationSecretMissingException missing)
        {
            ThrowTerminatingError(ErrorRecords.From(missing, missing.Key, ErrorContext.None));
        }
    }

    private Optional<int?> Integration => MyInvocation.BoundParameters.ContainsKey(nameof(IntegrationId)) ? IntegrationId : default(Optional<int?>);

    private BatchExportDestination Typed(DestinationType type)
    {
        var bound = MyInvocation.BoundParameters;
        if (bound[ParameterSetName] is not SwitchParameter { IsPresent: true })
            ThrowTerminatingError(ErrorRecords.DestinationSwitchIsFalse(ParameterSetName));

        var config = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var key in type.Keys)
        {
            if (bound.TryGetValue(key.Name.Replace("_", "", StringComparison.Ordinal), out var value))
                config[key.Name] = Canonical(key, PlainValues.From(value));
        }

        if (IntegrationId is null && type.NeedsIntegration && !type.Keys.Any(key => key.IsSecret && config.ContainsKey(key.Name)))
            ThrowTerminatingError(ErrorRecords.IntegrationMissing(type.Name));

        return BatchExportDestination.Create(type.Name, config, Integration);
    }

    private static object? Canonical(DestinationKey key, object? value) =>
        value is string text ? key.Values?.FirstOrDefault(known => known.Equals(text, StringComparison.OrdinalIgnoreCase)) ?? text : value;

    private void Check(BatchExportDestination destination)
    {
        var format = Convert.ToString(destination.Config["file_format"], System.Globalization.CultureInfo.InvariantCulture);
        var compression = Convert.ToString(destination.Config["compression"], System.Globalization.CultureInfo.InvariantCulture);
        if (string.IsNullOrEmpty(format) && ParameterSetName != GenericSet)
            format = "JSONLines";

        if (!string.IsNullOrEmpty(format) && !string.IsNullOrEmpty(compression) && FileFormats.Mismatch(format, compression) is { } reason)
            ThrowTerminatingError(ErrorRecords.CompressionNotSupported(reason, compression));
    }
}
