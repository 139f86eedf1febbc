namespace PSBatchExports;

/// <summary>An export as it is told apart from others of its name.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name; null where the service told none.</param>
/// <param name="Destination">The type of its destination; null where the service told none.</param>
/// <param name="Interval">How often it runs; null where the service told none.</param>
public sealed record NamedExport(string Id, string? Name, string? Destination, string? Interval);
