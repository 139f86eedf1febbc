namespace PSBatchExports;

/// <summary>Replaces an exception whose text contained a secret: the same message without it.</summary>
public sealed class ScrubbedException : Exception
{
    internal ScrubbedException(string originalType, string message, Exception? innerException)
        : base($"{originalType}: {message}", innerException) => OriginalType = originalType;

    /// <summary>The full type name of the replaced exception.</summary>
    public string OriginalType { get; }
}
