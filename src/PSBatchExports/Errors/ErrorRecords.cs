using System.Management.Automation;

namespace PSBatchExports.Errors;

/// <summary>
/// The error records of the module: id, category, message and remedy. This part: input errors that are found before a request.
/// </summary>
internal static partial class ErrorRecords
{
    /// <summary>Whether a failure has an error record of its own; any other is a bug.</summary>
    public static bool IsExpected(Exception failure) => failure
        is BatchExportException
        or ClientClosedException
        or InvalidIdException
        or RunNotReadyException
        or FileListGrowingException
        or FilePartException
        or FileSaveException
        or UnknownScheduleException
        or LedgerException
        or LedgerConflictException
        or ArgumentException;

    /// <summary>Whether every later item would fail, too.</summary>
    public static bool IsFatal(Exception failure) => failure is AuthenticationFailedException or ClientClosedException;

    /// <summary>Whether an export is not where it was asked for, so that it may be elsewhere.</summary>
    public static bool IsAbsence(Exception failure) =>
        failure is NotFoundException { Missing: MissingThing.Item } or ExportNameException { Matches.Count: 0 };

    public static ErrorRecord NotConnected() => Create(
        new InvalidOperationException("There is no connection to PostHog."),
        "NotConnected",
        ErrorCategory.AuthenticationError,
        targetObject: null,
        "Set the environment variable POSTHOG_PERSONAL_API_KEY, "
        + "or connect: Connect-BatchExportService -ApiKey (Read-Host -AsSecureString).");

    public static ErrorRecord NoConnectionGiven() => Invalid(
        "NoConnection",
        "-Connection is null.",
        "Give what Connect-BatchExportService -PassThru returns, or leave -Connection out for the current connection.");

    public static ErrorRecord NoKey() => Create(
        new InvalidOperationException(
            "There is no API key: neither -ApiKey nor the environment variable POSTHOG_PERSONAL_API_KEY was given."),
        "NotConnected",
        ErrorCategory.AuthenticationError,
        targetObject: null,
        "Set the environment variable, "
        + "or give a personal API key (phx_...): Connect-BatchExportService -ApiKey (Read-Host -AsSecureString).");

    public static ErrorRecord NameNotFound(string name) => Create(
        new ItemNotFoundException($"No batch export is named '{name}'."),
        "BatchExportNameNotFound",
        ErrorCategory.ObjectNotFound,
        name,
        "Check the name and the project. Names may have wildcards. To list all: Get-BatchExport.");

    public static ErrorRecord NoExportForBackfills() => NoIdentity(
        "No export was given.",
        "Give the name or id of an export: Get-BatchExportBackfill nightly.");

    public static ErrorRecord NoExportForInput() => NoIdentity(
        "The input object has neither an Id nor a BatchExportId.",
        "Pipe objects that belong to a batch export, or name the exports with -Name.");

    public static ErrorRecord NoRunForFiles() => NoIdentity(
        "No run was given.",
        "Give the id of an on-demand run. To list them: Get-BatchExportRun -OnDemand.");

    public static ErrorRecord NoSourceForLog() => NoIdentity(
        "Neither an export nor a run was given.",
        "Pipe an export or a run, or give -BatchExportId or -RunId.");

    /// <param name="isGiven">Whether a value was given or piped in, but is empty.</param>
    public static ErrorRecord NoExportForRuns(bool isGiven) => NoIdentity(
        isGiven ? "Neither an export nor a run was given: the value or the input object has none." : "No export was given.",
        "Give the name or id of an export: Get-BatchExportRun nightly. For on-demand runs: Get-BatchExportRun -OnDemand.");

    public static ErrorRecord NoRunId() => NoIdentity(
        "No -RunId was given: the value or the input object has none.",
        "Pipe runs, or give their ids as -RunId; leave -RunId out to get all.");

    public static ErrorRecord NothingToChange() => Invalid(
        "NothingToChange",
        "No field was given to change.",
        "Give the fields to change, such as -Name or -Interval.");

    public static ErrorRecord NotAFolder(string path) => Invalid(
        "NotAFolder",
        $"'{path}' is not in the file system.",
        "Give a folder of the file system as -Path.",
        path);

    public static ErrorRecord NotAFilePath(string path) => Invalid(
        "NotAFile",
        $"'{path}' is not in the file system.",
        "Give a file of the file system as -Path.",
        path);

    public static ErrorRecord InvalidShard(string text) => Invalid(
        "InvalidShard",
        $"-Shard {text} is not a share of the files.",
        "Give the number of the share and how many there are: 1/8 to 8/8 for eight.",
        text);

    public static ErrorRecord ShardOfParts() => Invalid(
        "ShardOfParts",
        "-Shard takes its share of all files of a run, so it does not work with -Part or with files that are piped in.",
        "Leave out one of them, or pipe runs instead of files.");

    public static ErrorRecord DestinationSwitchIsFalse(string type) => Invalid(
        "SwitchIsFalse",
        $"-{type} chooses the type of the destination and cannot be false.",
        $"Give -{type} without a value, or the switch of another type.");

    public static ErrorRecord IntegrationMissing(string type) => Invalid(
        "IntegrationMissing",
        $"A destination of type {type} needs -IntegrationId, the number of a stored credential in PostHog.",
        "Give -IntegrationId.");

    public static ErrorRecord CompressionNotSupported(string reason, string compression) => Invalid(
        "CompressionNotSupported",
        reason,
        "Give another -Compression or -FileFormat.",
        compression);

    /// <param name="isPiped">Whether the export is pipeline input.</param>
    public static ErrorRecord BackfillEndMissing(bool isPiped) => Invalid(
        "EndMissing",
        "-EndAt is needed: exports cannot be backfilled without an end.",
        isPiped
            ? "Give -EndAt. Bounds are not taken from what is piped in, since exports have bounds of the same names; of rows: "
                + "ForEach-Object { Start-BatchExportBackfill $_.Name -StartAt $_.StartAt -EndAt $_.EndAt }."
            : "Give a time up to now, such as -EndAt 2026-11-01.");

    public static ErrorRecord IntervalMissing(string model) => Invalid(
        "IntervalMissing",
        "Neither both bounds of the data (-DataIntervalStart, -DataIntervalEnd) nor its length (-Last) were given.",
        "Give -DataIntervalStart and -DataIntervalEnd, such as 2026-11-01 and 2026-11-02, or -Last 1d; at most seven days.",
        model);

    public static ErrorRecord InvalidLast(string last) => Invalid(
        "InvalidLast",
        $"-Last {last} is not a length.",
        "Give a positive length, such as 1d.");

    public static ErrorRecord IntervalGivenTwice() => Invalid(
        "IntervalGivenTwice",
        "-Last and both bounds were given.",
        "Leave out -Last or one of the bounds.");

    public static ErrorRecord IntervalTooLong(string reason) => Invalid(
        "IntervalTooLong",
        reason,
        "Start a run for each seven days or less.");

    private static ErrorRecord NoIdentity(string message, string remedy) => Invalid("NoIdentity", message, remedy);

    private static ErrorRecord Invalid(string id, string message, string remedy, object? targetObject = null) =>
        Create(new ArgumentException(message), id, ErrorCategory.InvalidArgument, targetObject, remedy);

    private static string AsSentence(string text)
    {
        var trimmed = text.TrimEnd();
        return trimmed is "" or [.., '.' or '!' or '?'] ? trimmed : $"{trimmed}.";
    }

    private static ErrorRecord Create(
        Exception exception,
        string id,
        ErrorCategory category,
        object? targetObject,
        string remedy,
        string? message = null)
    {
        var details = new ErrorDetails(DisplayText.Harmless(message ?? exception.Message)) { RecommendedAction = remedy };
        return new ErrorRecord(exception, id, category, targetObject) { ErrorDetails = details };
    }
}
