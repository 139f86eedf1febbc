using System.Text.Json;
using PSBatchExports.Json;

namespace PSBatchExports.Wire;

/// <summary>A destination check on the wire.</summary>
internal sealed record DestinationTestStep
{
    private DestinationTestStep(ref Utf8JsonReader json)
    {
        json.EnterObject();
        while (json.NextField(out var name))
        {
            switch (name)
            {
                case "name": Name = json.Text(); break;
                case "description": Description = json.Text(); break;
                case "result": Result = json.Object(DestinationTestOutcome.Read); break;
                default: json.Skip(); break;
            }
        }
    }

    internal static DestinationTestStep Read(ref Utf8JsonReader json) => new(ref json);

    public string? Name { get; init; }

    public string? Description { get; init; }

    public DestinationTestOutcome? Result { get; init; }
}

/// <summary>The outcome of a destination check on the wire.</summary>
internal sealed record DestinationTestOutcome
{
    private DestinationTestOutcome(ref Utf8JsonReader json)
    {
        json.EnterObject();
        while (json.NextField(out var name))
        {
            switch (name)
            {
                case "status": Status = json.Text(); break;
                case "message": Message = json.Text(); break;
                default: json.Skip(); break;
            }
        }
    }

    internal static DestinationTestOutcome Read(ref Utf8JsonReader json) => new(ref json);

    public string? Status { get; init; }

    public string? Message { get; init; }
}

/// <summary>The checks of a destination type on the wire.</summary>
internal sealed record DestinationTestSteps
{
    private DestinationTestSteps(ref Utf8JsonReader json)
    {
        json.EnterObject();
        while (json.NextField(out var name))
        {
            switch (name)
            {
                case "steps": Steps = json.List(DestinationTestStep.Read); break;
                default: json.Skip(); break;
            }
        }
    }

    internal static DestinationTestSteps Read(ref Utf8JsonReader json) => new(ref json);

    public IReadOnlyList<DestinationTestStep>? Steps { get; init; }
}
