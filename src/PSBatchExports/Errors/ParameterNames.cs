namespace PSBatchExports.Errors;

/// <summary>The names of the parameters that error responses are about.</summary>
internal static class ParameterNames
{
    /// <summary>The parameter that sends an attribute, such as -Interval; null for none.</summary>
    /// <param name="attribute">The attribute, as an error response names it.</param>
    public static string? Of(string? attribute) => attribute?.Split("__") switch
    {
        null => null,
        ["destination", ..] => "-Destination",
        ["file", "format", ..] => "-Format",
        ["file", "compression", ..] => "-Compression",
        ["file", "max_size_mb", ..] => "-MaxFileSizeMB",
        ["name", ..] => "-Name",
        ["model", ..] => "-Model",
        ["interval", ..] => "-Interval",
        ["paused", ..] => "-Paused",
        ["start_at", ..] => "-StartAt",
        ["end_at", ..] => "-EndAt",
        ["timezone", ..] => "-TimeZone",
        ["offset_day", ..] => "-OffsetDay",
        ["offset_hour", ..] => "-OffsetHour",
        ["filters", ..] => "-Filter",
        ["hogql_query", ..] => "-HogQLQuery",
        ["hogql_modifiers", ..] => "-HogQLModifier",
        ["primary_key", ..] => "-PrimaryKey",
        ["version_key", ..] => "-VersionKey",
        ["incremental_mode", ..] => "-IncrementalMode",
        ["data_interval_start", ..] => "-DataIntervalStart",
        ["data_interval_end", ..] => "-DataIntervalEnd",
        ["include", ..] => "-Include",
        ["exclude", ..] => "-Exclude",
        ["backfill", ..] => "-Backfill",
        ["status", ..] => "-Status",
        ["level", ..] => "-Level",
        ["search", ..] => "-Search",
        ["instance_id", ..] => "-InstanceId",
        ["after", ..] => "-After",
        ["before", ..] => "-Before",
        ["limit", ..] => "-First",
        _ => null,
    };
}
