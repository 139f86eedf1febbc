namespace PSBatchExports.Emulator;

public sealed record Project(int Id, Guid OrganizationId)
{
    public string Name { get; init; } = "Default project";

    public string TimeZone { get; init; } = "UTC";

    /// <summary>The public token that events are sent with.</summary>
    public string Token { get; init; } = "phc_exampleexampleexampleexample0000";

    /// <summary>Whether an event has ever arrived.</summary>
    public bool HasEvents { get; init; }
}
