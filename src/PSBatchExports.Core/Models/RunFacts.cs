namespace PSBatchExports.Models;

/// <summary>What a file tells of its run.</summary>
/// <param name="Model">events, persons, sessions or hogql; null if this client did not start the run.</param>
/// <param name="Records">The number of rows that the service says the run exported; null if it does not say.</param>
/// <param name="Files">How many files the run lists.</param>
internal sealed record RunFacts(string? Model, long? Records, int Files);
