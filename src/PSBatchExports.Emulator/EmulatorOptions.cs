namespace PSBatchExports.Emulator;

/// <summary>Options of an emulated service. Each is also a command-line option.</summary>
public sealed record EmulatorOptions
{
    public const string DefaultApiKey = "phx_emulator_full_access";

    /// <summary>Port of the API on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Port of the storage origin on 127.0.0.1; 0 takes a free one.</summary>
    public int StoragePort { get; init; }

    /// <summary>The key with full access.</summary>
    public string ApiKey { get; init; } = DefaultApiKey;

    public int ProjectId { get; init; } = 12345;

    public Guid OrganizationId { get; init; } = new("0195f1c2-7a3b-0000-8f4e-3c2d1b0a9e88");

    /// <summary>Seed of ids and generated data: the same seed produces the same data.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Number of scheduled exports that exist at the start.</summary>
    public int Exports { get; init; } = 3;

    /// <summary>Number of further projects of the organization, each with as many scheduled exports.</summary>
    public int Projects { get; init; }

    /// <summary>
    /// How far back the runs of these exports go, with outages, failures and pauses; zero for a dozen runs each without any.
    /// </summary>
    public TimeSpan History { get; init; }

    /// <summary>Whether active exports run when their schedule says, as the clock moves on.</summary>
    public bool LiveSchedule { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// The clock that times latency, delays and speed. Clients wait in real time, so it runs even while <see cref="TimeProvider"/> stands
    /// still.
    /// </summary>
    public TimeProvider WireClock { get; init; } = TimeProvider.System;

    /// <summary>
    /// How long an on-demand run takes from its creation until its files can be fetched. Also the duration of a backfill, whatever its
    /// number of runs, and of a run of <see cref="LiveSchedule"/>.
    /// </summary>
    public TimeSpan RunDuration { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the file list of a completed on-demand run grows; zero if it is complete at once.</summary>
    public TimeSpan ListDuration { get; init; }

    /// <summary>New on-demand runs run until they are cancelled, like runs that the service keeps retrying.</summary>
    public bool RunsNeverEnd { get; init; }

    /// <summary>
    /// The percentage of days on which more happens than a run can upload within an hour. A run of more than half of such a day fails.
    /// </summary>
    public int BusyDays { get; init; }

    /// <summary>Number of failed runs, among the latest, after which an export is paused; 0 to never pause it.</summary>
    public int FailuresBeforePause { get; init; } = 3;

    /// <summary>Whether listing runs or backfills of a nonexistent export returns 404 instead of an empty page.</summary>
    public bool UnknownExportNotFound { get; init; }

    /// <summary>Worker processes that write runs, each in its own order. Few, so that runs of the same rows can share files.</summary>
    public int Workers { get; init; } = 4;

    /// <summary>Generated events per hour of a data interval.</summary>
    public int EventsPerHour { get; init; } = 100;

    /// <summary>
    /// The last row of a run with a size limit also fills its file. Parquet and brotli then have one more file, without rows.
    /// </summary>
    public bool TrailingEmptyFile { get; init; }

    /// <summary>Parquet file names contain the codec, as in <c>.parquet.zst</c>, as older servers write them.</summary>
    public bool ParquetCodecInNames { get; init; }

    /// <summary>Entity tags are the MD5 of the content, as if files were not uploaded in parts.</summary>
    public bool SinglePartTags { get; init; }

    /// <summary>Objects are encrypted with SSE-KMS, so that their entity tags do not depend on their content.</summary>
    public bool KmsEncryption { get; init; }

    /// <summary>Whether the storage honors <c>response-content-disposition</c>; many storages do not.</summary>
    public bool ContentDisposition { get; init; } = true;

    public int ConcurrentDownloadLimit { get; init; } = 20;

    public int ConcurrentBackfillLimit { get; init; } = 5;

    /// <summary>Whether the rate limits are on.</summary>
    public bool RateLimiting { get; init; }

    public int RequestsPerMinute { get; init; } = 480;

    public int RequestsPerHour { get; init; } = 4800;

    /// <summary>Speed of the storage per connection; null for no limit.</summary>
    public long? BytesPerSecond { get; init; }

    public TimeSpan SignedUrlLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a file can be fetched after its run was created.</summary>
    public TimeSpan FileRetention { get; init; } = TimeSpan.FromDays(3);

    /// <summary>No organization routes, as on the newest server.</summary>
    public bool StrictNewest { get; init; }

    /// <summary>Behaves like an older server where versions differ.</summary>
    public bool OlderServer { get; init; }

    /// <summary>Deprecation headers on responses under /api/environments/.</summary>
    public bool EnvironmentDeprecationHeaders { get; init; } = true;

    /// <summary>Feature flag: the hogql model.</summary>
    public bool HogQL { get; init; } = true;

    /// <summary>Feature flag: intervals below one hour.</summary>
    public bool HighFrequency { get; init; } = true;

    /// <summary>Feature flag: the Workflows destination.</summary>
    public bool Workflows { get; init; }

    /// <summary>Feature flag: backfills without a start.</summary>
    public bool BackfillFromBeginning { get; init; }

    /// <summary>Added to every response of the API.</summary>
    public TimeSpan Latency { get; init; }
}
