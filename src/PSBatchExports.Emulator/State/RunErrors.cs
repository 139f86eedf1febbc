namespace PSBatchExports.Emulator;

/// <summary>What the service writes down of failed runs: the class of the exception and its message, or that nothing is known.</summary>
public static class RunErrors
{
    /// <summary>The writing took longer than the hour for which a run may upload.</summary>
    public const string UploadExpired =
        "ClientError: An error occurred (ExpiredToken) when calling the UploadPart operation: The provided token has expired.";

    /// <summary>Anything that the service has no words for.</summary>
    public const string Unexpected = "An unexpected error has occurred";

    /// <summary>The author of the query has left or was deactivated.</summary>
    public const string InactiveAuthor =
        "This HogQL export needs an active user. Save the export again with a user who has access to this project.";

    /// <summary>The author of the query may no longer see the project.</summary>
    public const string AuthorWithoutAccess =
        "The user who saved this HogQL export no longer has access to this project. Save the export again with a user who has access.";

    internal static string UnsupportedCompression(string compression) =>
        $"UnsupportedCompressionError: '{compression}' is not a supported compression for S3 batch exports.";
}
