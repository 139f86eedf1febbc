using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>One key that a destination's configuration may have.</summary>
/// <param name="Types">The accepted types under their Python names; the first is the declared one.</param>
internal sealed record ConfigKey(string Name, params string[] Types)
{
    public bool Required { get; init; }

    /// <summary>Whether the server fills in <see cref="Default"/> when it is left out.</summary>
    public bool HasDefault { get; init; }

    public JsonNode? Default { get; init; }

    public bool AllowsNull { get; init; }

    public static ConfigKey RequiredText(string name) => new(name, "str") { Required = true };

    public static ConfigKey Optional(string name, params string[] types) => new(name, types) { AllowsNull = true };

    public static ConfigKey WithDefault(string name, string value) => new(name, "str") { HasDefault = true, Default = value };

    public static ConfigKey WithDefault(string name, bool value) => new(name, "bool") { HasDefault = true, Default = value };

    public static ConfigKey WithDefault(string name, int value) => new(name, "int") { HasDefault = true, Default = value };

    public static ConfigKey NullByDefault(string name, params string[] types) => new(name, types) { HasDefault = true, AllowsNull = true };
}
