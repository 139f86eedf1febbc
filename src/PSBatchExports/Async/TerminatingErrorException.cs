#pragma warning disable CA1032 // Carries an error record and nothing else.
using System.Management.Automation;

namespace PSBatchExports.Async;

/// <summary>Ends the cmdlet with an error record. Thrown by asynchronous work.</summary>
internal sealed class TerminatingErrorException(ErrorRecord error) : Exception(error.Exception.Message, error.Exception)
{
    public ErrorRecord ErrorRecord { get; } = error;
}
