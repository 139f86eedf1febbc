namespace PSBatchExports;

/// <summary>What came of switching an export from one integration to another.</summary>
public sealed record BatchExportIntegrationSwitch : ServiceObject
{
    /// <summary>The export's UUID.</summary>
    public required string BatchExportId { get; init; }

    /// <summary>The export's name; null if the service sent none.</summary>
    public string? Name { get; init; }

    /// <summary>The project's number; null if neither the response nor the request had it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The name of the old integration.</summary>
    public required string From { get; init; }

    /// <summary>The name of the new integration.</summary>
    public required string To { get; init; }

    /// <summary>How it ended.</summary>
    public required IntegrationSwitchStatus Status { get; init; }

    /// <summary>"nightly: Switched".</summary>
    public override string ToString() => $"{Name ?? BatchExportId}: {Status}";
}

/// <summary>How the switch of an export ended.</summary>
public enum IntegrationSwitchStatus
{
    /// <summary>The export uses the new integration.</summary>
    Switched,

    /// <summary>The export uses the new integration, which could not be tested: the service has no checks for it there.</summary>
    SwitchedUntested,

    /// <summary>The new integration failed the checks of the destination; the export was not changed.</summary>
    TestFailed,

    /// <summary>The switch did not take effect as a whole, and the export was put back to the old integration.</summary>
    RolledBack,

    /// <summary>The switch failed. Unless the export could not be read any more, it uses the old integration.</summary>
    Failed,
}
