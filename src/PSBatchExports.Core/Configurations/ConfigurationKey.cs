namespace PSBatchExports.Configurations;

/// <summary>A key of a configuration file.</summary>
/// <param name="Name">The key; those of the service are spelled as on the wire (docs/wire.md, section 6).</param>
/// <param name="Kind">The kind of value.</param>
/// <param name="Description">What it means, for editors.</param>
internal sealed record ConfigurationKey(string Name, SettingKind Kind, string Description)
{
    public const string Schema = "$schema";
    public const string ExportName = "name";
    public const string PreviousName = "previousName";
    public const string Model = "model";
    public const string Interval = "interval";
    public const string TimeZone = "timezone";
    public const string OffsetDay = "offset_day";
    public const string OffsetHour = "offset_hour";
    public const string StartAt = "start_at";
    public const string EndAt = "end_at";
    public const string IncrementalMode = "incremental_mode";
    public const string Paused = "paused";
    public const string Destination = "destination";
    public const string Filters = "filters";
    public const string HogQLQuery = "hogql_query";
    public const string HogQLModifiers = "hogql_modifiers";
    public const string PrimaryKey = "primary_key";
    public const string VersionKey = "version_key";

    public const string DestinationType = "type";
    public const string DestinationIntegration = "integration";
    public const string DestinationConfig = "config";
    public const string IntegrationKind = "kind";
    public const string IntegrationName = "name";

    /// <summary>The keys of a file, in the order in which they are written.</summary>
    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        new(Schema, SettingKind.Text, "The schema of this file, for editors."),
        new(ExportName, SettingKind.Text, "The name, by which the export is found in the project.") { IsRequired = true },
        new(PreviousName, SettingKind.Text, "The name that the export had before, if it is to be renamed."),
        new(Model, SettingKind.Text, "What is exported. It cannot be changed, only replaced.")
        {
            Values = ["events", "persons", "sessions", "hogql"],
            Default = new("events"),
        },
        new(Interval, SettingKind.Text, "How often it runs.")
        {
            IsRequired = true,
            Values = ["hour", "day", "week", "every 15 minutes", "every 5 minutes"],
        },
        new(TimeZone, SettingKind.Text, "The IANA name of the time zone in which days and weeks begin.") { Default = new("UTC") },
        new(OffsetDay, SettingKind.Number, "The day on which a week begins, from 0 (Sunday) to 6; for weekly exports only."),
        new(OffsetHour, SettingKind.Number, "The hour at which a day or week begins, from 0 to 23; for daily and weekly exports only."),
        new(StartAt, SettingKind.Time, "No runs before this time.") { Default = new(null) },
        new(EndAt, SettingKind.Time, "No runs after this time.") { Default = new(null) },
        new(IncrementalMode, SettingKind.Text, "How rows are written.") { Values = ["APPEND", "MERGE"], Default = new("APPEND") },
        new(Paused, SettingKind.Flag, "Whether the schedule is paused. Left out, the state of the export is its own."),
        new(Destination, SettingKind.Dictionary, "Where the rows go.") { IsRequired = true },
        new(Filters, SettingKind.Objects, "Property filters; for events only.") { Default = new(null) },
        new(HogQLQuery, SettingKind.Lines, "The query of the hogql model, as one string or as its lines.") { Default = new(null) },
        new(HogQLModifiers, SettingKind.Dictionary, "The modifiers of the query.") { Default = new(null) },
        new(PrimaryKey, SettingKind.Texts, "The key columns of the query.") { Default = new(null) },
        new(VersionKey, SettingKind.Texts, "The version columns of the query.") { Default = new(null) },
    ];

    /// <summary>The keys of a destination, in the order in which they are written.</summary>
    public static IReadOnlyList<ConfigurationKey> OfDestination { get; } =
    [
        new(DestinationType, SettingKind.Text, "The type. It cannot be changed, only replaced.") { IsRequired = true },
        new(DestinationIntegration, SettingKind.Dictionary, "The integration that holds the credentials."),
        new(DestinationConfig, SettingKind.Dictionary, "The settings of the type.") { IsRequired = true },
    ];

    /// <summary>The keys of a reference to an integration.</summary>
    public static IReadOnlyList<ConfigurationKey> OfIntegration { get; } =
    [
        new(IntegrationKind, SettingKind.Text, "The kind, such as aws-s3.") { IsRequired = true, Values = IntegrationKinds.All },
        new(IntegrationName, SettingKind.Text, "The name, as Get-BatchExportIntegration shows it.") { IsRequired = true },
    ];

    public bool IsRequired { get; init; }

    /// <summary>The known values; null if any value is valid. The service may know more.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>What a missing key means to the service; not given if it depends on others, or means nothing.</summary>
    public Optional<object?> Default { get; init; }
}
