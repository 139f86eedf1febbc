namespace PSBatchExports;

/// <summary>What came of one check of a destination (docs/wire.md, section 8).</summary>
public sealed record DestinationTestResult : ServiceObject
{
    /// <summary>The check's place in the type's list, from 0.</summary>
    public required int Step { get; init; }

    /// <summary>What is checked.</summary>
    public string? Name { get; init; }

    /// <summary>The same at length.</summary>
    public string? Description { get; init; }

    /// <summary>Passed, Failed or Skipped; a check that was not run because an earlier one failed is Skipped.</summary>
    public string? Status { get; init; }

    /// <summary>Why; null where there is nothing to say.</summary>
    public string? Message { get; init; }

    /// <summary>The stored export that was checked; null for one not made yet.</summary>
    public string? BatchExportId { get; init; }

    /// <summary>The export's name, also of one not made yet.</summary>
    public string? BatchExportName { get; init; }

    /// <summary>The project; null where the request did not name it by number.</summary>
    public int? ProjectId { get; init; }

    /// <summary>What was checked and what came of it.</summary>
    public override string ToString() => $"{Name}: {Status}";
}
