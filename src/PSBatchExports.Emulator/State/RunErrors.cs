namespace PSBatchExports.Emulator;

/// <summary>Errors of failed runs: the exception's class and message, or a generic text.</summary>
public static class RunErrors
{
    /// <summary>The upload credentials, which last an hour, expired.</summary>
    public const string UploadExpired =
        "ClientError: An error occurred (ExpiredToken) when calling the UploadPart operation: The provided token has expired.";

    /// <summary>The generic error.</summary>
    public const string Unexpected = "An unexpected error has occurred";

    /// <summary>The author of the query is inactive.</summary>
    public const string InactiveAuthor =
        "This HogQL export needs an active user. Save the export again with a user who has access to this project.";

    /// <summary>The author of the query has no access to the project.</summary>
    public const string AuthorWithoutAccess =
        "The user who saved this HogQL export no longer has access to this project. Save the export again with a user who has access.";

    internal static string UnsupportedCompression(string compression) =>
        $"UnsupportedCompressionError: '{compression}' is not a supported compression for S3 batch exports.";
}
