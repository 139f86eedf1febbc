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

    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [SecretTransformation]
    public SecureString? ApiKey { get; set; }

    [Parameter(ParameterSetName = RegionSet)]
    [ValidateSet("Us", "Eu")]
    public string? Region { get; set; }

    [Parameter(ParameterSetName = HostSet, Mandatory = true)]
    [ValidateNotNull]
    public Uri? ApiHost { get; set; }

    [Parameter]
    public string? ProjectId { get; set; }

    [Parameter]
    public string? OrganizationId { get; set; }

    [Parameter]
    public ApiPath ApiPath { get; set; } = ApiPath.Projects;

    [Parameter]
    public Uri? Proxy { get; set; }

    [Parameter]
    [Credential]
    public PSCredential? ProxyCredential { get; set; }

    [Parameter]
    public SwitchParameter SkipCertificateCheck { get; set; }

    [Parameter]
    public SwitchParameter AllowHttp { get; set; }

    [Parameter]
    public SwitchParameter RebasePageLinks { get; set; }

    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 100;

    [Parameter]
    [ValidateRange(0, 100)]
    public int MaximumRetryCount { get; set; } = 4;

    [Parameter]
    [DurationTransformation]
    public DurationArgument MaximumRetryDelay { get; set; } = TimeSpan.FromMinutes(2);

    [Parameter]
    public SwitchParameter SkipValidation { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override async Task ProcessAsync(AsyncPipeline pipeline, CancellationToken cancellationToken)
    {
        _observer.Attach(pipeline);
        BatchExportConnection? connection = null;
        try
        {
            connection = CreateConnection();
            if (!SkipValidation)
            {
                var client = connection.CreateClient(_observer);
                pipeline.Clients = [client];
                await ValidateAsync(client, connection, cancellationToken);
            }
        }
        catch (Exception failure)
        {
            connection?.Dispose();
            if (!ErrorRecords.IsExpected(failure))
                throw;

            var context = ErrorContext.None with { Command = MyInvocation.MyCommand.Name };
            throw new TerminatingErrorException(ErrorRecords.From(failure, ApiHost, context));
        }

        pipeline.Invoke(() => Connections.Current = connection);
        if (PassThru)
            await pipeline.WriteObjectAsync(connection);
    }

    private BatchExportConnection CreateConnection()
    {
        if (MaximumRetryDelay < TimeSpan.Zero)
            throw new ArgumentException("-MaximumRetryDelay must not be negative.");

        var options = new BatchExportClientOptions
        {
            ApiKey = ApiKey ?? KeyFromEnvironment(),
            ApiHost = ApiHost ?? HostOfRegion() ?? BatchExportClientOptions.UsHost,
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

    private Uri? HostOfRegion() => Connections.ParseHost(Region ?? Connections.ReadVariable(Connections.HostVariable));

    private static SecureString KeyFromEnvironment() => Connections.ReadVariable(Connections.KeyVariable) is { } key
        ? Connections.ToSecureString(key)
        : throw new TerminatingErrorException(ErrorRecords.NoKey());

    private async Task ValidateAsync(BatchExportClient client, BatchExportConnection connection, CancellationToken cancellationToken)
    {
        var isProjectGiven = (ProjectId ?? Connections.ReadVariable(Connections.ProjectVariable)) is not null;
        var scope = connection.ProjectOrOrganization(organization: null, project: null, isProjectGiven);
        var firstPage = client.In(scope).Exports.ListAsync(new Paging { First = 1 }, cancellationToken: cancellationToken);
        await foreach (var _ in firstPage)
        {
            // The first page shows that the key works.
        }
    }
}
