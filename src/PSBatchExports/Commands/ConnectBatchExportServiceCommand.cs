using System.Management.Automation;
using System.Net;
using System.Security;
using PSBatchExports.Async;
using PSBatchExports.Cmdlets;
using PSBatchExports.Errors;
using PSBatchExports.Parameters;
using PSBatchExports.Session;

namespace PSBatchExports.Commands;

/// <summary>Connects to PostHog and makes the connection the current one of this runspace.</summary>
[Cmdlet(VerbsCommunications.Connect, "BatchExportService", DefaultParameterSetName = RegionSet, HelpUri = "https://posthog.com/docs/api")]
[OutputType(typeof(BatchExportConnection))]
public sealed class ConnectBatchExportServiceCommand : AsyncCmdlet
{
    private const string RegionSet = "Region";
    private const string HostSet = "Host";

    private readonly StreamObserver _observer = new();

    /// <summary>The personal API key (phx_...). Default: the environment variable POSTHOG_PERSONAL_API_KEY.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [SecretTransformation]
    public SecureString? ApiKey { get; set; }

    /// <summary>The cloud's region: Us or Eu. Default: the environment variable POSTHOG_HOST, else Us.</summary>
    [Parameter(ParameterSetName = RegionSet)]
    [ValidateSet("Us", "Eu")]
    public string? Region { get; set; }

    /// <summary>The origin of your own instance, such as https://posthog.example.com.</summary>
    [Parameter(ParameterSetName = HostSet, Mandatory = true)]
    [ValidateNotNull]
    public Uri? ApiHost { get; set; }

    /// <summary>The default project: a number, or current. Default: the environment variable POSTHOG_PROJECT_ID, else current.</summary>
    [Parameter]
    public string? ProjectId { get; set; }

    /// <summary>The default organization, a UUID or current: cmdlets that can then use the organization's routes. Default: the environment variable POSTHOG_ORGANIZATION_ID, else none.</summary>
    [Parameter]
    public string? OrganizationId { get; set; }

    /// <summary>The prefix of project routes. Default: Projects; Environments is for old instances.</summary>
    [Parameter]
    public ApiPath ApiPath { get; set; } = ApiPath.Projects;

    /// <summary>The proxy. Default: the system's.</summary>
    [Parameter]
    public Uri? Proxy { get; set; }

    /// <summary>Credentials for the proxy.</summary>
    [Parameter]
    [Credential]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>Accepts any certificate; for test instances only.</summary>
    [Parameter]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>Lets the key go over plain http to a host that is not this machine.</summary>
    [Parameter]
    public SwitchParameter AllowHttp { get; set; }

    /// <summary>Asks this connection's host for pages whose links name another host, instead of refusing them; for instances behind a proxy.</summary>
    [Parameter]
    public SwitchParameter RebasePageLinks { get; set; }

    /// <summary>Seconds to the headers of one attempt. Default: 100.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 100;

    /// <summary>How often a request is sent again. Default: 4.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int MaximumRetryCount { get; set; } = 4;

    /// <summary>The longest wait before a request is sent again; a plain number is seconds. Default: 2 minutes.</summary>
    [Parameter]
    [DurationTransformation]
    public DurationArgument MaximumRetryDelay { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Does not ask the service whether the key works.</summary>
    [Parameter]
    public SwitchParameter SkipValidation { get; set; }

    /// <summary>Puts out the connection.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override async Task ProcessAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        _observer.Attach(pipeline);
        BatchExportConnection? connection = null;
        try
        {
            connection = Make();
            if (!SkipValidation)
                await ValidateAsync(pipeline.Client = connection.CreateClient(_observer), connection, cancellationToken);
        }
        catch (Exception failure)
        {
            connection?.Dispose();
            if (ErrorRecords.IsExpected(failure))
                throw new TerminatingErrorException(ErrorRecords.From(failure, ApiHost, ErrorContext.None with { Command = MyInvocation.MyCommand.Name }));

            throw;
        }

        pipeline.Invoke(() => Connections.Current = connection);
        if (PassThru)
            await pipeline.WriteObjectAsync(connection);
    }

    private BatchExportConnection Make()
    {
        var key = ApiKey ?? (Connections.Read(Connections.KeyVariable) is { } fromEnvironment
            ? Connections.ToSecureString(fromEnvironment)
            : throw new TerminatingErrorException(ErrorRecords.NoKey()));
        if (MaximumRetryDelay < TimeSpan.Zero)
            throw new ArgumentException("-MaximumRetryDelay must not be negative.");

        var options = new BatchExportClientOptions
        {
            ApiKey = key,
            ApiHost = ApiHost ?? Connections.ParseHost(Region ?? Connections.Read(Connections.HostVariable)) ?? BatchExportClientOptions.UsHost,
            Proxy = Proxy,
            ProxyCredential = ProxyCredential is { } credential ? new NetworkCredential(credential.UserName, credential.Password) : null,
            SkipCertificateCheck = SkipCertificateCheck,
            AllowHttp = AllowHttp,
            RebasePageLinks = RebasePageLinks,
            Timeout = TimeSpan.FromSeconds(TimeoutSec),
            MaximumRetryCount = MaximumRetryCount,
            MaximumRetryDelay = MaximumRetryDelay,
        };
        return Connections.Create(options, ProjectId, OrganizationId, ApiPath);
    }

    private async Task ValidateAsync(BatchExportClient client, BatchExportConnection connection, CancellationToken cancellationToken)
    {
        var isProjectGiven = (ProjectId ?? Connections.Read(Connections.ProjectVariable)) is not null;
        var scope = connection.OrganizationId is { } organization && !isProjectGiven ? ApiScope.Organization(organization) : connection.Project(null);
        await foreach (var _ in client.In(scope).Exports.ListAsync(new Paging { First = 1 }, cancellationToken: cancellationToken))
        {
            // One page shows that the key works.
        }
    }
}
