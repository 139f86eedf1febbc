namespace PSBatchExports;

/// <summary>The result of a destination check (docs/wire.md, section 8).</summary>
public sealed record DestinationTestResult : ServiceObject
{
    /// <summary>The index of the check among those of the type, from 0.</summary>
    public required int Step { get; init; }

    /// <summary>The name of the check.</summary>
    public string? Name { get; init; }

    /// <summary>The description of the check.</summary>
    public string? Description { get; init; }

    /// <summary>Passed, Failed or Skipped; a check that was not run because an earlier one failed is Skipped.</summary>
    public string? Status { get; init; }

    /// <summary>The reason for the status; null for none.</summary>
    public string? Message { get; init; }

    /// <summary>The export's UUID; null if it does not exist yet.</summary>
    public string? BatchExportId { get; init; }

    /// <summary>The export's name, also if it does not exist yet.</summary>
    public string? BatchExportName { get; init; }

    /// <summary>The project's number; null if the request did not have it.</summary>
    public int? ProjectId { get; init; }

    /// <summary>The name and the status.</summary>
    public override string ToString() => $"{Name}: {Status}";
}
