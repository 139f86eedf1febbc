using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Security;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;

namespace PSBatchExports.Commands;

/// <summary>Creates a destination for New-BatchExport and Set-BatchExport, without a request.</summary>
[Cmdlet(
    VerbsCommon.New, "BatchExportDestination",
    DefaultParameterSetName = GenericSet,
    HelpUri = "https://posthog.com/docs/data-pipelines/batch-exports")]
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

    [Parameter(ParameterSetName = GenericSet, Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(Completers.DestinationTypeCompleter))]
    public string Type { get; set; } = "";

    [Parameter(ParameterSetName = GenericSet, Position = 1)]
    [ValidateNotNull]
    [DictionaryTransformation]
    public IDictionary Config { get; set; } = new Hashtable();

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

    [Parameter(ParameterSetName = AwsS3Set, Mandatory = true)]
    public SwitchParameter AwsS3 { get; set; }

    [Parameter(ParameterSetName = S3CompatibleSet, Mandatory = true)]
    public SwitchParameter S3Compatible { get; set; }

    [Parameter(ParameterSetName = SnowflakeSet, Mandatory = true)]
    public SwitchParameter Snowflake { get; set; }

    [Parameter(ParameterSetName = PostgresSet, Mandatory = true)]
    public SwitchParameter Postgres { get; set; }

    [Parameter(ParameterSetName = RedshiftSet, Mandatory = true)]
    public SwitchParameter Redshift { get; set; }

    [Parameter(ParameterSetName = BigQuerySet, Mandatory = true)]
    public SwitchParameter BigQuery { get; set; }

    [Parameter(ParameterSetName = DatabricksSet, Mandatory = true)]
    public SwitchParameter Databricks { get; set; }

    [Parameter(ParameterSetName = AzureBlobSet, Mandatory = true)]
    public SwitchParameter AzureBlob { get; set; }

    [Parameter(ParameterSetName = HttpSet, Mandatory = true)]
    public SwitchParameter Http { get; set; }

    [Parameter(ParameterSetName = AwsS3Set, Mandatory = true)]
    [Parameter(ParameterSetName = S3CompatibleSet, Mandatory = true)]
    public string? BucketName { get; set; }

    [Parameter(ParameterSetName = AwsS3Set, Mandatory = true)]
    [Parameter(ParameterSetName = S3CompatibleSet, Mandatory = true)]
    [ArgumentCompleter(typeof(Completers.DestinationValueCompleter))]
    public string? Region { get; set; }

    [Parameter(ParameterSetName = AwsS3Set, Mandatory = true)]
    [Parameter(ParameterSetName = S3CompatibleSet, Mandatory = true)]
    [Parameter(ParameterSetName = AzureBlobSet)]
    public string? Prefix { get; set; }

    [Parameter(ParameterSetName = AzureBlobSet, Mandatory = true)]
    public string? ContainerName { get; set; }

    [Parameter(ParameterSetName = AwsS3Set)]
    [Parameter(ParameterSetName = S3CompatibleSet)]
    [Parameter(ParameterSetName = AzureBlobSet)]
    [ArgumentCompleter(typeof(Completers.FormatCompleter))]
    public string? FileFormat { get; set; }

    [Parameter(ParameterSetName = AwsS3Set)]
    [Parameter(ParameterSetName = S3CompatibleSet)]
    [Parameter(ParameterSetName = AzureBlobSet)]
    [ArgumentCompleter(typeof(Completers.DestinationCompressionCompleter))]
    public string? Compression { get; set; }

    [Parameter(ParameterSetName = AwsS3Set)]
    [Parameter(ParameterSetName = S3CompatibleSet)]
    [Parameter(ParameterSetName = AzureBlobSet)]
    public int? MaxFileSizeMB { get; set; }

    [Parameter(ParameterSetName = AwsS3Set)]
    [Parameter(ParameterSetName = S3CompatibleSet)]
    [Parameter(ParameterSetName = AzureBlobSet)]
    [BoolTransformation]
    public bool? LegacyParquetExtension { get; set; }

    [Parameter(ParameterSetName = AwsS3Set)]
    [ArgumentCompleter(typeof(Completers.DestinationValueCompleter))]
    public string? Encryption { get; set; }

    [Parameter(ParameterSetName = AwsS3Set)]
    public string? KmsKeyId { get; set; }

    [Parameter(ParameterSetName = S3CompatibleSet)]
    [BoolTransformation]
    public bool? UseVirtualStyleAddressing { get; set; }

    [Parameter(ParameterSetName = SnowflakeSet, Mandatory = true)]
    [Parameter(ParameterSetName = PostgresSet, Mandatory = true)]
    [Parameter(ParameterSetName = RedshiftSet, Mandatory = true)]
    public string? Database { get; set; }

    [Parameter(ParameterSetName = SnowflakeSet, Mandatory = true)]
    public string? Warehouse { get; set; }

    [Parameter(ParameterSetName = SnowflakeSet, Mandatory = true)]
    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    [Parameter(ParameterSetName = DatabricksSet, Mandatory = true)]
    public string? Schema { get; set; }

    [Parameter(ParameterSetName = SnowflakeSet)]
    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    [Parameter(ParameterSetName = DatabricksSet, Mandatory = true)]
    public string? TableName { get; set; }

    [Parameter(ParameterSetName = SnowflakeSet)]
    public string? Role { get; set; }

    [Parameter(ParameterSetName = SnowflakeSet)]
    public string? Account { get; set; }

    [Parameter(ParameterSetName = SnowflakeSet)]
    [ArgumentCompleter(typeof(Completers.DestinationValueCompleter))]
    public string? AuthenticationType { get; set; }

    [Parameter(ParameterSetName = PostgresSet)]
    [BoolTransformation]
    public bool? HasSelfSignedCert { get; set; }

    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    public new string? Host { get; set; }

    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    public int? Port { get; set; }

    [Parameter(ParameterSetName = SnowflakeSet)]
    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    [SecretTransformation]
    public SecureString? User { get; set; }

    [Parameter(ParameterSetName = SnowflakeSet)]
    [Parameter(ParameterSetName = PostgresSet)]
    [Parameter(ParameterSetName = RedshiftSet)]
    [SecretTransformation]
    public SecureString? Password { get; set; }

    [Parameter(ParameterSetName = RedshiftSet)]
    [ArgumentCompleter(typeof(Completers.DestinationValueCompleter))]
    public string? PropertiesDataType { get; set; }

    [Parameter(ParameterSetName = RedshiftSet)]
    [ArgumentCompleter(typeof(Completers.DestinationValueCompleter))]
    public string? Mode { get; set; }

    [Parameter(ParameterSetName = RedshiftSet)]
    [DictionaryTransformation]
    public IDictionary? CopyInputs { get; set; }

    [Parameter(ParameterSetName = BigQuerySet, Mandatory = true)]
    public string? DatasetId { get; set; }

    [Parameter(ParameterSetName = BigQuerySet)]
    public string? TableId { get; set; }

    [Parameter(ParameterSetName = BigQuerySet)]
    [BoolTransformation]
    public bool? UseJsonType { get; set; }

    [Parameter(ParameterSetName = BigQuerySet)]
    public string? ProjectId { get; set; }

    [Parameter(ParameterSetName = BigQuerySet)]
    [Parameter(ParameterSetName = SnowflakeSet)]
    [SecretTransformation]
    public SecureString? PrivateKey { get; set; }

    [Parameter(ParameterSetName = SnowflakeSet)]
    [SecretTransformation]
    public SecureString? PrivateKeyPassphrase { get; set; }

    [Parameter(ParameterSetName = BigQuerySet)]
    [SecretTransformation]
    public SecureString? PrivateKeyId { get; set; }

    [Parameter(ParameterSetName = BigQuerySet)]
    [SecretTransformation]
    public SecureString? TokenUri { get; set; }

    [Parameter(ParameterSetName = BigQuerySet)]
    [SecretTransformation]
    public SecureString? ClientEmail { get; set; }

    [Parameter(ParameterSetName = DatabricksSet, Mandatory = true)]
    public string? HttpPath { get; set; }

    [Parameter(ParameterSetName = DatabricksSet, Mandatory = true)]
    public string? Catalog { get; set; }

    [Parameter(ParameterSetName = DatabricksSet)]
    [BoolTransformation]
    public bool? UseVariantType { get; set; }

    [Parameter(ParameterSetName = DatabricksSet)]
    [BoolTransformation]
    public bool? UseAutomaticSchemaEvolution { get; set; }

    [Parameter(ParameterSetName = HttpSet, Mandatory = true)]
    [ArgumentCompleter(typeof(Completers.DestinationValueCompleter))]
    public string? Url { get; set; }

    [Parameter(ParameterSetName = HttpSet, Mandatory = true)]
    [SecretTransformation]
    public SecureString? Token { get; set; }

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
                : CreateTyped(DestinationType.Find(ParameterSetName)!);
            CheckCompression(destination);
            WriteObject(destination);
        }
        catch (DestinationSecretMissingException missing)
        {
            ThrowTerminatingError(ErrorRecords.From(missing, missing.Key, ErrorContext.None));
        }
    }

    private Optional<int?> Integration =>
        MyInvocation.BoundParameters.ContainsKey(nameof(IntegrationId)) ? IntegrationId : default(Optional<int?>);

    private BatchExportDestination CreateTyped(DestinationType type)
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

    private static object? Canonical(DestinationKey key, object? value)
    {
        if (value is not string text)
            return value;

        return key.Values?.FirstOrDefault(known => known.Equals(text, StringComparison.OrdinalIgnoreCase)) ?? text;
    }

    private void CheckCompression(BatchExportDestination destination)
    {
        var format = Convert.ToString(destination.Config["file_format"], CultureInfo.InvariantCulture);
        var compression = Convert.ToString(destination.Config["compression"], CultureInfo.InvariantCulture);
        if (string.IsNullOrEmpty(format) && ParameterSetName != GenericSet)
            format = "JSONLines";

        if (string.IsNullOrEmpty(format) || string.IsNullOrEmpty(compression))
            return;

        if (FileFormats.Mismatch(format, compression) is { } reason)
            ThrowTerminatingError(ErrorRecords.CompressionNotSupported(reason, compression));
    }
}
