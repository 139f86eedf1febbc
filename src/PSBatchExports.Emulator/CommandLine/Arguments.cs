namespace PSBatchExports.Emulator.CommandLine;

/// <summary>The parsed command line.</summary>
internal sealed record Arguments
{
    public EmulatorOptions Emulator { get; init; } = new();

    public bool Json { get; init; }

    public bool StopOnStdinEnd { get; init; }

    public bool Help { get; init; }
}
