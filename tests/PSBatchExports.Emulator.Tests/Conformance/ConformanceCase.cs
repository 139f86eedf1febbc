using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>A fixture of the wire contract and the request that produces it.</summary>
public sealed record ConformanceCase(string Fixture, Func<TestServer, Task<HttpResponseMessage>> SendAsync)
{
    public Func<EmulatorOptions, EmulatorOptions>? Options { get; init; }

    /// <summary>Changes the fixture's body to what this request must return, where the two differ.</summary>
    public Action<JsonNode>? AdjustExpected { get; init; }

    /// <summary>Whether numbers in the body depend on generated data.</summary>
    public bool IgnoreNumbers { get; init; }
}
