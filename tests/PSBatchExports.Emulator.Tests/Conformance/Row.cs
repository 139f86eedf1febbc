
namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>A fixture and the request that provokes it.</summary>
public sealed record Row(string Fixture, Func<Scene, Task<HttpResponseMessage>> Provoke)
{
    public Func<EmulatorOptions, EmulatorOptions>? Options { get; init; }

    /// <summary>Numbers of the body depend on generated data.</summary>
    public bool NumbersAreInvented { get; init; }
}
