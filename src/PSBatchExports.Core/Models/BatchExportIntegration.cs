using System.Globalization;

namespace PSBatchExports;

/// <summary>A stored credential of a project (docs/wire.md, section 16). It holds no secret.</summary>
public sealed record BatchExportIntegration : ServiceObject
{
    /// <summary>The number, which destinations refer to.</summary>
    public required int IntegrationId { get; init; }

    /// <summary>What it is a credential for, such as aws-s3 or snowflake.</summary>
    public string? Kind { get; init; }

    /// <summary>
    /// The name; for kinds without one, what the service derives, without the number of the project. The number if there is neither.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The project's number; null if the request did not have it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The names of the exports that use it, sorted; null if they were not read.</summary>
    public IReadOnlyList<string>? UsedBy { get; init; }

    /// <summary>The service's origin.</summary>
    public string? ApiHost { get; init; }

    /// <summary>"Export bucket key (aws-s3, 731)".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} ({Kind}, {IntegrationId})");
}
