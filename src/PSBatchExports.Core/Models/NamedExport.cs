namespace PSBatchExports;

/// <summary>What distinguishes an export from others of the same name.</summary>
/// <param name="Id">The export's UUID.</param>
/// <param name="Name">The name; null if the service sent none.</param>
/// <param name="Destination">The type of the destination; null if the service sent none.</param>
/// <param name="Interval">The interval; null if the service sent none.</param>
public sealed record NamedExport(string Id, string? Name, string? Destination, string? Interval);
