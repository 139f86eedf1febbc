using System.Management.Automation;
using PSBatchExports.Views;
using Description = (string Id, System.Management.Automation.ErrorCategory Category, string Message, string Remedy);

namespace PSBatchExports.Errors;

/// <summary>Failures of requests and file operations.</summary>
internal static partial class ErrorRecords
{
    public static ErrorRecord From(Exception failure, object? targetObject, ErrorContext context)
    {
        var (id, category, message, remedy) = Describe(failure, targetObject, context);
        if (failure is BatchExportException { MayHaveTakenEffect: true } && context.CheckCommand is { } checkCommand)
        {
            message += $" The {(context.Created ?? context.Subject).ToLowerInvariant()} may have been created anyway.";
            remedy = $"Before you try again, check whether it was created: {checkCommand($"{targetObject}")}.";
        }

        if (context.Item is { } item && !message.Contains($"'{DisplayText.Clean(item)}'", StringComparison.Ordinal))
            message = $"'{DisplayText.Clean(item)}': {message}";

        return Create(failure, id, category, targetObject, remedy, message);
    }

    /// <summary>An error that names the project that it is about, where there are several.</summary>
    public static ErrorRecord At(Uri host, ApiScope scope, ErrorRecord error)
    {
        var kind = scope.IsOrganization ? "Organization" : "Project";
        var (message, remedy) = (error.ErrorDetails.Message, error.ErrorDetails.RecommendedAction);
        error.ErrorDetails = new ErrorDetails($"{kind} {scope.Id} at {host.GetLeftPart(UriPartial.Authority)}: {message}")
        {
            RecommendedAction = remedy,
        };
        return error;
    }

    public static ErrorRecord FileFailed(SaveOutcome outcome, ErrorContext context)
    {
        var error = From(outcome.Failure!, outcome.File?.FileId ?? outcome.RunId, context);
        if (outcome.KeptBytes > 0)
        {
            var (message, remedy) = (error.ErrorDetails.Message, error.ErrorDetails.RecommendedAction);
            error.ErrorDetails = new ErrorDetails($"{message} {ByteSize.Format(outcome.KeptBytes)} of it has been kept.")
            {
                RecommendedAction = $"{remedy} The same command continues from what has been kept.",
            };
        }

        return error;
    }

    private static Description Describe(Exception failure, object? target, ErrorContext context) => failure switch
    {
        AuthenticationFailedException => (
            "AuthenticationFailed", ErrorCategory.AuthenticationError,
            $"PostHog did not accept the key: {failure.Message}",
            "Check the key, and that host and region are right: a key of the EU cloud does not work on the US cloud. "
            + "Then run Connect-BatchExportService again."),
        PermissionDeniedException { MissingScope: { } scope } => (
            "MissingScope", ErrorCategory.PermissionDenied,
            $"The key lacks the scope {scope}: {AsSentence(failure.Message)}",
            $"Give the key the scope {scope} in PostHog's settings, or connect with one that has it."),
        PermissionDeniedException { IsKeyLimitedToProjects: true } when context.Subject == ErrorContext.Project.Subject => (
            "KeyLimitedToProjects", ErrorCategory.PermissionDenied,
            "The key is limited to projects, and PostHog does not let such a key list projects.",
            "Name the project with -ProjectId, such as Get-BatchExport -ProjectId 12345, or connect with a key that is not limited to "
            + "projects. Its settings in PostHog show which projects it is for."),
        PermissionDeniedException => (
            "PermissionDenied", ErrorCategory.PermissionDenied,
            $"PostHog refused: {AsSentence(failure.Message)}",
            "Check that the key is meant for this project or organization and that its user is a member; "
            + "keys limited to projects work with -ProjectId only."),
        NotFoundException { Missing: MissingThing.Project, Request.ScopeId: var id } => (
            "ProjectNotFound", ErrorCategory.ObjectNotFound,
            $"Project '{id}' was not found.",
            "Check -ProjectId (a number, or current), and that the connection goes to the region of the project."),
        NotFoundException { Missing: MissingThing.Organization, Request.ScopeId: var id } => (
            "OrganizationNotFound", ErrorCategory.ObjectNotFound,
            $"Organization '{id}' was not found.",
            "Check -OrganizationId (a UUID, or current), and that the connection goes to the region of the organization."),
        NotFoundException { Missing: MissingThing.Endpoint, Request.IsOfOrganization: true } => (
            "EndpointNotFound", ErrorCategory.ObjectNotFound,
            "This server no longer has the organization's routes.",
            "Use -ProjectId instead of -OrganizationId, or connect without -OrganizationId."),
        NotFoundException { Missing: MissingThing.Endpoint } => (
            "EndpointNotFound", ErrorCategory.ObjectNotFound,
            "This server does not have that endpoint.",
            "Check the host (us.posthog.com, eu.posthog.com or your own instance). "
            + "On an old instance, connect with -ApiPath Environments."),
        NotFoundException => (
            "NotFound", ErrorCategory.ObjectNotFound,
            $"{context.Subject} '{target}' was not found{NotFoundDetail(failure)}",
            $"Check the id and the project. {ListHint(context)}".TrimEnd()),
        ConfigurationFileException { IsUnreadable: true, InnerException: UnauthorizedAccessException } => (
            "ConfigurationNotReadable", ErrorCategory.PermissionDenied, failure.Message, "Give this user the right to read it."),
        ConfigurationFileException { IsUnreadable: true } => (
            "ConfigurationNotReadable", ErrorCategory.ReadError, failure.Message, "Check the path and whether the disk can be read."),
        ConfigurationFileException => (
            "InvalidConfiguration", ErrorCategory.InvalidData,
            failure.Message,
            "Correct the file. Editors check and complete it by the schema that Export-BatchExportConfiguration writes beside its files."),
        ConfigurationException { Reason: var reason } => Configuration(failure, reason),
        ExportCopyException { Reason: ExportCopyFailure.NameTaken } => (
            "CopyNameTaken", ErrorCategory.ResourceExists, failure.Message,
            "Give the copy another name with -NewName, or rename or remove the other export."),
        ExportCopyException => (
            "CopyUnresolved", ErrorCategory.InvalidData, failure.Message,
            "Map integrations with -IntegrationMap @{ 'name here' = 'name there' }, name copies with -NewName, and leave out what cannot "
            + "be copied: make it with New-BatchExport and its secrets. To list what is there: Get-BatchExportIntegration."),
        InvalidRequestException { Request.Code: "timeout_exceeded" } => (
            "QueryTimedOut", ErrorCategory.OperationTimeout,
            AsSentence(failure.Message),
            "Narrow the query with a WHERE clause or with -DataIntervalStart and -DataIntervalEnd, then try again."),
        InvalidRequestException invalid => (
            "InvalidRequest", ErrorCategory.InvalidArgument,
            InvalidRequestMessage(invalid, context),
            ChoiceRemedy(invalid) ?? HelpRemedy(context, context.NamesKeys ? null : ParameterNames.Of(invalid.Attribute))),
        ThrottledException { RetryAt: { } until } throttled => (
            "Throttled", ErrorCategory.LimitsExceeded,
            $"The rate limit is reached until {ClockTime.Describe(until, TimeProvider.System.GetUtcNow())} local time "
            + FormattableString.Invariant($"({throttled.RetryAfter!.Value.TotalSeconds:0} s). {failure.Message}"),
            FormattableString.Invariant($"Try again after {until.ToLocalTime():yyyy-MM-dd HH:mm:ss} local time, ")
            + "or connect with a -MaximumRetryDelay that is long enough to wait for it."),
        ThrottledException => (
            "Throttled", ErrorCategory.LimitsExceeded,
            $"The rate limit is reached. {failure.Message}",
            "Try again in a minute; the limits are 480 requests a minute and 4,800 an hour."),
        ConcurrencyLimitException { Request.Code: "too_many_concurrent_backfills" } => (
            "ConcurrencyLimitReached", ErrorCategory.LimitsExceeded, failure.Message,
            "Wait for a backfill to end (Wait-BatchExportBackfill) or cancel one (Stop-BatchExportBackfill), then try again."),
        ConcurrencyLimitException => (
            "ConcurrencyLimitReached", ErrorCategory.LimitsExceeded, failure.Message,
            "Wait for a run to end (Wait-BatchExportRun) or cancel one (Stop-BatchExportRun), then try again. "
            + "Those in progress: Get-BatchExportRun -OnDemand."),
        ServerFailedException => (
            "ServerFailed", ErrorCategory.ResourceUnavailable,
            $"PostHog failed: {AsSentence(failure.Message)}",
            "Try again later; see status.posthog.com."),
        ConnectionFailedException { IsOutOfHandles: true } => (
            "ConnectionFailed", ErrorCategory.ResourceUnavailable,
            AsSentence(failure.Message),
            "Close files and connections, use a smaller -ThrottleLimit, or raise the limit (ulimit -n), then try again."),
        ConnectionFailedException { ProxyStatusCode: 407 } => (
            "ProxyAuthenticationRequired", ErrorCategory.AuthenticationError,
            AsSentence(failure.Message),
            "Give the proxy's user name and password as -ProxyCredential of Connect-BatchExportService."),
        ConnectionFailedException { Proxy: not null } => (
            "ConnectionFailed", ErrorCategory.ConnectionError,
            AsSentence(failure.Message),
            "Check -Proxy of Connect-BatchExportService, or where it was not given the environment variables "
            + "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, then try again."),
        ConnectionFailedException => (
            "ConnectionFailed", ErrorCategory.ConnectionError,
            AsSentence(failure.Message),
            "Check the network, the proxy and the host of the connection, then try again."),
        RequestTimedOutException => (
            "RequestTimedOut", ErrorCategory.OperationTimeout,
            AsSentence(failure.Message),
            "Try again, or connect with a longer -TimeoutSec."),
        UnexpectedResponseException { Request.IsDownload: true } => (
            "UnexpectedResponse", ErrorCategory.InvalidData,
            AsSentence(failure.Message),
            "Try again. If the problem persists, check what a proxy or gateway between this machine and the storage returns, "
            + "and that the storage is reachable from here."),
        UnexpectedResponseException => (
            "UnexpectedResponse", ErrorCategory.InvalidData,
            AsSentence(failure.Message),
            "Check that the connection's host is PostHog's API, and what a proxy or load balancer in front of it returns: "
            + "it may be a sign-in page or another service."),
        RunNotReadyException notReady => (
            "RunNotReady", ErrorCategory.ResourceUnavailable,
            AsSentence(failure.Message),
            NotReadyRemedy(notReady.Run)),
        FileListGrowingException growing => (
            "FileListGrowing", ErrorCategory.ResourceBusy,
            failure.Message,
            "Run the same command again later; complete files are not downloaded again. "
            + $"If the problem persists, start the run again: {growing.Run.RunId} may have lost a file."),
        BackfillBoundException bound => (
            "InvalidBackfillBound", ErrorCategory.InvalidArgument,
            $"-{failure.Message}",
            HelpRemedy(context, $"-{bound.Bound}")),
        LedgerConflictException conflict => (
            "LedgerConflict", ErrorCategory.InvalidArgument, failure.Message,
            $"Give the settings that the folder's ledger names, or another -Path than '{conflict.Folder}'."),
        LedgerException => (
            "LedgerDamaged", ErrorCategory.InvalidData, failure.Message,
            "Restore the line from a backup or, if a newer version of the module wrote it, update the module."),
        UnknownScheduleException unknown => (
            "ScheduleUnknown", ErrorCategory.NotImplemented, failure.Message, unknown.Remedy),
        FilePartException => (
            "FilePartNotFound", ErrorCategory.ObjectNotFound,
            failure.Message,
            "Get-BatchExportFile lists the run's parts."),
        FileSaveException save => Describe(save),
        ManifestException manifest => Describe(manifest),
        ClientClosedException => (
            "ConnectionClosed", ErrorCategory.InvalidOperation,
            failure.Message,
            "Run Connect-BatchExportService again."),
        DestinationSecretMissingException secret => (
            "SecretMissing", ErrorCategory.InvalidArgument,
            $"{failure.Message} {SecretRemedy(secret)}",
            SecretRemedy(secret)),
        PlainHttpException => (
            "PlainHttpRefused", ErrorCategory.SecurityError,
            failure.Message,
            "Use an https address; only on a network that you trust, connect with -AllowHttp."),
        IntegrationNameException names => Describe(names),
        ExportNameException { Matches.Count: > 0 } => (
            "BatchExportNameAmbiguous", ErrorCategory.InvalidArgument, failure.Message, "Give the id of the export."),
        ExportNameException unknown => (
            "BatchExportNameNotFound", ErrorCategory.ObjectNotFound, failure.Message,
            unknown.Name.AsSpan().IndexOfAny('*', '?') >= 0 && context.Command is { } command
                ? $"Names are literal here. For all matching exports: Get-BatchExport {CommandText.Quote(unknown.Name)} | {command}."
                : "Run Get-BatchExport to see names and ids, and check the project."),
        InvalidIdException when target is string text && text.Contains("-Backfill-", StringComparison.Ordinal) => (
            "InvalidId", ErrorCategory.InvalidArgument,
            $"'{text}' is the name of a backfill. The service returns it instead of a run id when a run is restarted.",
            "Use Wait-BatchExportBackfill or Get-BatchExportBackfill."),
        InvalidIdException => (
            "InvalidId", ErrorCategory.InvalidArgument,
            failure.Message,
            $"Give an id. {ListHint(context)}".TrimEnd()),
        _ => ("InvalidArgument", ErrorCategory.InvalidArgument, failure.Message, HelpRemedy(context, parameter: null)),
    };

    private static string NotFoundDetail(Exception failure) =>
        failure is NotFoundException { Detail: { } detail } && detail != "Not found." ? $": {AsSentence(detail)}" : ".";

    private static string InvalidRequestMessage(InvalidRequestException failure, ErrorContext context)
    {
        var subject = context.NamesKeys
            ? failure.Attribute?.Replace("__", ".", StringComparison.Ordinal)
            : ParameterNames.Of(failure.Attribute);
        return subject is null ? $"PostHog refused: {failure.Message}" : $"{subject}: {failure.Detail ?? failure.Message}";
    }

    private static Description Describe(FileSaveException failure) => failure.Reason switch
    {
        FileSaveFailure.Exists => (
            "FileExists", ErrorCategory.ResourceExists, failure.Message,
            "Use -Force to replace it, or another -Path."),
        FileSaveFailure.Collision => (
            "FileNameTaken", ErrorCategory.ResourceExists, failure.Message,
            "Use -GroupByRun, which gives each run a folder of its own, or save them with different -Path."),
        FileSaveFailure.NotWritable => (
            "FileNotWritable", ErrorCategory.PermissionDenied, failure.Message,
            "Give a -Path that you may write to."),
        FileSaveFailure.DiskFull => (
            "DiskFull", ErrorCategory.WriteError, failure.Message,
            "Free some space, or give a -Path on another disk."),
        FileSaveFailure.InUse => (
            "FileInUse", ErrorCategory.ResourceBusy, failure.Message,
            "Wait for the other command to end, or give another -Path. "
            + "Where PowerShell is a .NET tool, a command whose pwsh was killed may still run, in a process named dotnet."),
        FileSaveFailure.Damaged => (
            "FileDamaged", ErrorCategory.InvalidData, failure.Message,
            "Try again later; if the problem persists, start the run again, since the file at the storage may be damaged."),
        FileSaveFailure.RowsDiffer => (
            "RowsDiffer", ErrorCategory.InvalidData, failure.Message,
            "Save the run again, as its list of files may not have been complete. "
            + "If the numbers still differ, start the run again; without -Verify its files are saved as they are."),
        FileSaveFailure.MountLimit => (
            "MountLimited", ErrorCategory.WriteError, failure.Message,
            "Save to a folder on a local disk and copy from there, "
            + "or mount the storage with a write cache (rclone: --vfs-cache-mode writes)."),
        FileSaveFailure.NotAFolder => (
            "NotAFolder", ErrorCategory.InvalidArgument, failure.Message,
            "Give a -Path that is, or can become, a folder."),
        _ => (
            "FileWriteFailed", ErrorCategory.WriteError, failure.Message,
            "Give another -Path, or check why the file system refuses this one."),
    };

    private static Description Describe(ManifestException failure) => failure.Reason switch
    {
        ManifestFailure.UrlMissing => (
            "FileUrlMissing", ErrorCategory.InvalidArgument, failure.Message,
            "List the files with their URLs, which are secrets: Get-BatchExportFile -IncludeUrl. "
            + "Or pipe what Save-BatchExportFile returns."),
        ManifestFailure.UrlNeeded => (
            "FileUrlNeeded", ErrorCategory.InvalidArgument, failure.Message,
            "Pipe what Get-BatchExportFile -IncludeUrl returns, or use another -As."),
        ManifestFailure.SavedFileNeeded => (
            "SavedFileNeeded", ErrorCategory.InvalidArgument, failure.Message,
            "Pipe what Save-BatchExportFile returns."),
        ManifestFailure.ExpandNeeded => (
            "ExpandNeeded", ErrorCategory.InvalidArgument, failure.Message,
            "Use -Expand, which unpacks the files beside the compressed ones."),
        ManifestFailure.SavedAndExpandNeeded => (
            "ExpandNeeded", ErrorCategory.InvalidArgument, failure.Message,
            "Pipe what Save-BatchExportFile returns, and use -Expand, which unpacks the files beside the compressed ones. "
            + "Parquet needs neither: Start-BatchExportRun -Format Parquet -Compression zstd."),
        ManifestFailure.Mixed => (
            "FilesMixed", ErrorCategory.InvalidArgument, failure.Message,
            "Export them one kind at a time, or use -As Json."),
        ManifestFailure.UnknownFormat => (
            "FileFormatUnknown", ErrorCategory.InvalidArgument, failure.Message,
            "Use -As Json, Curl, Aria2 or UrlList, which do not depend on the format."),
        ManifestFailure.UnsupportedName => (
            "FileNameUnsupported", ErrorCategory.InvalidArgument, failure.Message,
            "Save the files to a folder whose path has no such character, or use another -As."),
        _ => (
            "FileChanged", ErrorCategory.InvalidData, failure.Message,
            "Save it again: Save-BatchExportFile."),
    };

    /// <summary>How to give the secret of a destination again.</summary>
    public static string SecretRemedy(DestinationSecretMissingException secret) =>
        $"Give it again, such as $destination.Config.{secret.Key} = Read-Host -AsSecureString, "
        + $"or in a config @{{ {secret.Key.Split('.')[^1]} = (Read-Host -AsSecureString) }}; "
        + "Set-BatchExport keeps the stored one where it is left out.";

    private static string? ChoiceRemedy(InvalidRequestException failure) =>
        failure.Request.Code == "invalid_choice" ? ChoiceAdvice.For(failure.Attribute) : null;

    private static string HelpRemedy(ErrorContext context, string? parameter) => (context.Command, parameter) switch
    {
        (null, _) => "For help: Get-Help about_PSBatchExports.",
        ({ } command, null) => $"For help: Get-Help {command} -Full.",
        ({ } command, { } name) => $"For help: Get-Help {command} -Parameter {name.TrimStart('-')}.",
    };

    private static string ListHint(ErrorContext context) => context.ListCommand is { } list ? $"To list what exists: {list}." : "";

    private static string NotReadyRemedy(BatchExportRun run) =>
        run.IsFinished ? "Start the run again." : $"Wait for it first: Wait-BatchExportRun {run.RunId}.";
}
