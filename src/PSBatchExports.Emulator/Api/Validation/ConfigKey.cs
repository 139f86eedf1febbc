using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>One key that a destination's configuration may have.</summary>
/// <param name="Types">The accepted types under their Python names; the first is the declared one.</param>
internal sealed record ConfigKey(string Name, params string[] Types)
{
    public bool Required { get; init; }

    /// <summary>What the server fills in when the key is left out of a new configuration; null for nothing.</summary>
    public JsonNode? Default { get; init; }

    public bool AllowsNull { get; init; }

    public static ConfigKey RequiredText(string name) => new(name, "str") { Required = true };

    public static ConfigKey Optional(string name, params string[] types) => new(name, types) { AllowsNull = true };
}
