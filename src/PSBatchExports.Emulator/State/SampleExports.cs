using System.Text.Json.Nodes;
using PSBatchExports.Emulator.History;

namespace PSBatchExports.Emulator.State;

/// <summary>Realistic scheduled exports, each with its recent runs and their logs.</summary>
internal static class SampleExports
{
    private static readonly Sample[] Samples =
    [
        new("prod-events-s3", "events", "AwsS3", 731, "hour",
            """
            {"bucket_name":"acme-posthog-exports","region":"eu-central-1","prefix":"posthog/{year}/{month}/{day}/","compression":"zstd",
            "file_format":"Parquet","max_file_size_mb":null,"legacy_parquet_extension":false,"encryption":null,"kms_key_id":null,
            "exclude_events":["$feature_flag_called"],"include_events":null}
            """)
        {
            LatestError = "The bucket 'acme-posthog-exports' does not exist",
        },
        new("nightly", "events", "Snowflake", 802, "hour",
            """{"database":"ANALYTICS","warehouse":"LOAD_WH","schema":"POSTHOG","table_name":"events","role":null}""")
        {
            HasActiveRun = true,
        },
        new("prod-persons-bigquery", "persons", "BigQuery", 915, "day",
            """{"dataset_id":"posthog","table_id":"persons","use_json_type":true}""")
        {
            Paused = true,
            OffsetHours = 3,
            TimeZone = "Europe/Berlin",
        },
        new("prod-events-postgres", "events", "Postgres", 811, "day",
            """{"database":"warehouse","schema":"public","table_name":"events","has_self_signed_cert":false}""")
        {
            OffsetHours = 3,
            TimeZone = "America/New_York",
        },
        new("weekly-sessions-azure", "sessions", "AzureBlob", 966, "week",
            """
            {"container_name":"exports","prefix":"posthog/sessions","compression":"brotli","file_format":"JSONLines",
            "max_file_size_mb":512,"legacy_parquet_extension":false}
            """)
        {
            OffsetHours = (24 * 1) + 6,
            TimeZone = "Europe/Berlin",
        },
        new("events-r2", "events", "S3Compatible", 732, "hour",
            """
            {"bucket_name":"acme","region":"auto","prefix":"events","compression":"gzip","file_format":"JSONLines","max_file_size_mb":200,
            "legacy_parquet_extension":false,"use_virtual_style_addressing":true,"exclude_events":null,"include_events":null}
            """),
        new("events-redshift", "events", "Redshift", 640, "hour",
            """{"database":"dev","schema":"public","table_name":"events","port":5439,"properties_data_type":"super","mode":"INSERT"}"""),
        new("events-databricks", "events", "Databricks", 950, "hour",
            """
            {"http_path":"/sql/1.0/warehouses/abcdef0123456789","catalog":"main","schema":"posthog","table_name":"events",
            "use_variant_type":true,"use_automatic_schema_evolution":true}
            """)
        {
            LatestError = RunErrors.Unexpected,
        },
    ];

    public static string NameOf(int index) =>
        index < Samples.Length
            ? Samples[index].Name
            : FormattableString.Invariant($"{Samples[index % Samples.Length].Name}-{index + 1}");

    public static StoredExport Add(EmulatorState state, EmulatorOptions options, int index, string name, SampleSettings settings)
    {
        var sample = Samples[index % Samples.Length];
        var history = settings.History ?? options.History;
        var hasHistory = history > TimeSpan.Zero;
        var isPaused = sample.Paused && !hasHistory;
        var created = state.Now - (hasHistory ? history : TimeSpan.FromDays(30)) - TimeSpan.FromMinutes(index);
        var export = new StoredExport
        {
            Id = state.Ids.Past(created),
            ProjectId = options.ProjectId,
            Name = name,
            Model = sample.Model,
            DestinationType = sample.Type,
            Config = JsonNode.Parse(sample.Config)!.AsObject(),
            Integration = sample.Integration,
            Interval = settings.Interval ?? sample.Interval,
            CreatedAt = created,
            LastUpdatedAt = isPaused ? state.Now.AddDays(-3) : created,
            Paused = isPaused,
            LastPausedAt = isPaused ? state.Now.AddDays(-3) : null,
            TimeZone = sample.TimeZone,
            OffsetHours = settings.Interval is null ? sample.OffsetHours : 0,
        };
        state.AddExport(export);
        if (hasHistory)
            state.AddHistory(export, history, settings.Incident ?? Incidents.Of(index));
        else
            SampleRuns.Add(state, export, options.EventsPerHour, sample.HasActiveRun, sample.LatestError);
        return export;
    }

    public static StoredExport CreateHttp(Guid id, int projectId, string name, DateTimeOffset created) => new()
    {
        Id = id,
        ProjectId = projectId,
        Name = name,
        DestinationType = "HTTP",
        Config = new JsonObject { ["url"] = "https://eu.i.posthog.com/batch/", ["token"] = "phc_emulator_target" },
        Interval = "hour",
        CreatedAt = created,
        LastUpdatedAt = created,
    };

    private sealed record Sample(string Name, string Model, string Type, int Integration, string Interval, string Config)
    {
        public bool Paused { get; init; }

        public bool HasActiveRun { get; init; }

        public string? LatestError { get; init; }

        public int OffsetHours { get; init; }

        public string TimeZone { get; init; } = "UTC";
    }
}
