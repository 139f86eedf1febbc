namespace PSBatchExports.Ranges;

/// <summary>What the end of a run means for its window.</summary>
internal static class RunFailures
{
    // The upload may take an hour; and a query is given only so much memory (docs/wire.md, section 13).
    private static readonly string[] TooLarge = ["ExpiredToken", "MemoryLimit", "MEMORY_LIMIT_EXCEEDED", "memory limit"];

    /// <summary>Whether a shorter window would help.</summary>
    public static bool IsTooLarge(BatchExportRun run) =>
        run.LatestError is { } error && TooLarge.Any(text => error.Contains(text, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether no other run of the project would do better.</summary>
    public static bool IsOfProject(BatchExportRun run) => run.Status == RunStatus.FailedBilling;

    /// <summary>Whether a failure says that a file, or its run, was deleted by the service (docs/wire.md, section 14).</summary>
    public static bool IsGone(Exception failure) => failure switch
    {
        NotFoundException missing => missing.Missing == MissingThing.Item,
        InvalidRequestException refused => refused.Detail?.Contains("has expired", StringComparison.OrdinalIgnoreCase) == true,
        _ => false,
    };

    /// <summary>Whether the files of no other window could be saved, either.</summary>
    public static bool IsOfDisk(Exception failure) =>
        failure is IOException and not FileSaveException { Reason: FileSaveFailure.Exists } or UnauthorizedAccessException;

    /// <summary>Whether each further request of its kind would fail the same way.</summary>
    public static bool IsOfAll(Exception failure) => failure
        is AuthenticationFailedException
        or PermissionDeniedException
        or InvalidRequestException
        or NotFoundException
        or ClientClosedException;
}
