namespace PSBatchExports.Configurations;

/// <summary>What is wrong with a file, and where.</summary>
internal sealed record ConfigurationProblem(string File, int? Line, string Message)
{
    public ConfigurationFileException ToException() => new(File, Line, Message);
}
