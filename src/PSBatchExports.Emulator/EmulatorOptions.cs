namespace PSBatchExports.Emulator;

/// <summary>What an emulated service looks like; every member is also an option of the program.</summary>
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

    /// <summary>Decides ids and generated events: the same seed gives the same data.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many scheduled exports exist in the project at the start.</summary>
    public int Exports { get; init; } = 3;

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How long an on-demand run takes from its creation until its files can be fetched.</summary>
    public TimeSpan RunDuration { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the list of an on-demand run's files grows after the run has completed; zero: it is there at once.</summary>
    public TimeSpan ListDuration { get; init; }

    /// <summary>New on-demand runs go on until they are cancelled, as they do where the service tries again and again.</summary>
    public bool RunsNeverEnd { get; init; }

    /// <summary>How many failed runs among the latest ones of an export pause it; 0: it is never paused by the service.</summary>
    public int FailuresBeforePause { get; init; } = 3;

    /// <summary>Runs and backfills of an export that does not exist are a 404 instead of an empty page.</summary>
    public bool UnknownExportNotFound { get; init; }

    /// <summary>Worker processes that write runs, each in its own order. Few, so that runs of the same rows can share files.</summary>
    public int Workers { get; init; } = 4;

    /// <summary>Generated events per hour of a data interval.</summary>
    public int EventsPerHour { get; init; } = 100;

    /// <summary>
    /// The last row of a run that has a size limit also fills its file: Parquet and brotli then have another one, without rows.
    /// </summary>
    public bool TrailingEmptyFile { get; init; }

    /// <summary>Parquet files have their codec in their names, <c>.parquet.zst</c> and so on, as older servers do.</summary>
    public bool ParquetCodecInNames { get; init; }

    /// <summary>Entity tags as of a storage to which files are not uploaded in parts: the MD5 of the content.</summary>
    public bool SinglePartTags { get; init; }

    /// <summary>Objects are encrypted with keys of a key service: their entity tags say nothing about their bytes.</summary>
    public bool KmsEncryption { get; init; }

    /// <summary>The storage gives responses the name that their URLs ask for; many storages do not.</summary>
    public bool ContentDisposition { get; init; } = true;

    public int ConcurrentDownloadLimit { get; init; } = 20;

    public int ConcurrentBackfillLimit { get; init; } = 5;

    /// <summary>Whether the two request throttles are on.</summary>
    public bool RateLimiting { get; init; }

    public int RequestsPerMinute { get; init; } = 480;

    public int RequestsPerHour { get; init; } = 4800;

    /// <summary>Speed of the storage origin per connection; null is as fast as it goes.</summary>
    public long? BytesPerSecond { get; init; }

    public TimeSpan SignedUrlLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a file can be fetched after its run was created.</summary>
    public TimeSpan FileRetention { get; init; } = TimeSpan.FromDays(3);

    /// <summary>No organization routes, as on the newest server.</summary>
    public bool StrictNewest { get; init; }

    /// <summary>The older behaviours where versions of the server differ.</summary>
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
