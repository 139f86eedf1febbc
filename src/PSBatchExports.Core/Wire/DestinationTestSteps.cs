using System.Text.Json.Serialization;
using PSBatchExports.Json;

namespace PSBatchExports.Wire;

/// <summary>A destination check on the wire.</summary>
internal sealed record DestinationTestStep
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("description")]
    public string? Description { get; init; }

    [JsonPropertyName("result")]
    public DestinationTestOutcome? Result { get; init; }
}

/// <summary>The outcome of a destination check on the wire.</summary>
internal sealed record DestinationTestOutcome
{
    [JsonPropertyName("status")]
    public string? Status { get; init; }

    [JsonPropertyName("message")]
    public string? Message { get; init; }
}

/// <summary>The checks of a destination type on the wire.</summary>
internal sealed record DestinationTestSteps
{
    [JsonPropertyName("steps")]
    public IReadOnlyList<DestinationTestStep>? Steps { get; init => field = NullGuard.RejectNulls(value); }
}
