#pragma warning disable CA1032 // Made by the client only.
namespace PSBatchExports;

/// <summary>Stands for an exception whose text held a secret: the same words without the secret.</summary>
public sealed class ScrubbedException : Exception
{
    internal ScrubbedException(string originalType, string message, Exception? innerException)
        : base($"{originalType}: {message}", innerException) => OriginalType = originalType;

    /// <summary>The full name of the type of the exception that it stands for.</summary>
    public string OriginalType { get; }
}
