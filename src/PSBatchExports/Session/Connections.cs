using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace PSBatchExports.Session;

/// <summary>The current connection of each runspace and the one from the environment variables.</summary>
internal static class Connections
{
    public const string KeyVariable = "POSTHOG_PERSONAL_API_KEY";
    public const string HostVariable = "POSTHOG_HOST";
    public const string ProjectVariable = "POSTHOG_PROJECT_ID";
    public const string OrganizationVariable = "POSTHOG_ORGANIZATION_ID";

    private static readonly ConditionalWeakTable<Runspace, RunspaceState> States = [];

    /// <summary>The connection of this runspace that Connect-BatchExportService has set; null for none.</summary>
    public static BatchExportConnection? Current
    {
        get => State.Current is { IsOpen: true } open ? open : null;
        set => State.Current = value;
    }

    private static RunspaceState State => States.GetOrCreateValue(Runspace.DefaultRunspace);

    /// <summary>
    /// The connection that an object goes back to: the one that it was read over, or once that is closed, the default one if it is to the
    /// same host. A closed one is returned if the default one is to another host; null if there is none.
    /// </summary>
    public static BatchExportConnection? OriginOf(object? item)
    {
        var origin = BatchExportConnection.OriginOf(item);
        if (origin is null or { IsOpen: true })
            return origin;

        var current = Current ?? FromEnvironment();
        return current is null || current.ApiHost == origin.ApiHost ? current : origin;
    }

    /// <summary>The connection from the environment variables, created once per set of values; null if there is no key.</summary>
    /// <exception cref="ArgumentException">The value of a variable is invalid.</exception>
    public static BatchExportConnection? FromEnvironment()
    {
        if (ReadVariable(KeyVariable) is not { } key)
            return null;

        if (KnownFromEnvironment is { } known)
            return known;

        using var secret = ToSecureString(key);
        var host = ParseHost(ReadVariable(HostVariable)) ?? BatchExportClientOptions.UsHost;
        var options = new BatchExportClientOptions { ApiKey = secret, ApiHost = host };
        var state = State;
        state.Environment = Create(options, project: null, organization: null);
        state.EnvironmentFingerprint = FingerprintOfVariables();
        return state.Environment;
    }

    /// <summary>What <see cref="FromEnvironment"/> has created of the values that the variables have now; null for nothing.</summary>
    public static BatchExportConnection? KnownFromEnvironment =>
        State is { Environment: { IsOpen: true } known } state && state.EnvironmentFingerprint == FingerprintOfVariables() ? known : null;

    /// <summary>The trimmed value of an environment variable, since files and secret stores append a line break; null for none.</summary>
    public static string? ReadVariable(string name) =>
        Environment.GetEnvironmentVariable(name)?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>Creates a connection whose default project and organization may come from environment variables.</summary>
    /// <exception cref="ArgumentException">The project or organization is invalid; the message names the variable.</exception>
    public static BatchExportConnection Create(
        BatchExportClientOptions options,
        string? project,
        string? organization,
        ApiPath apiPath = ApiPath.Projects)
    {
        var projectId = project ?? ReadVariable(ProjectVariable) ?? "current";
        var organizationId = organization ?? ReadVariable(OrganizationVariable);
        try
        {
            return new BatchExportConnection(options, projectId, organizationId, apiPath);
        }
        catch (InvalidIdException invalid) when (project is null && invalid.Id == ReadVariable(ProjectVariable))
        {
            throw new ArgumentException(
                $"{ProjectVariable} is '{DisplayText.OneLine(invalid.Id)}', which is not a project. Give its number, or current.",
                invalid);
        }
        catch (InvalidIdException invalid) when (organization is null && invalid.Id == ReadVariable(OrganizationVariable))
        {
            throw new ArgumentException(
                $"{OrganizationVariable} is '{DisplayText.OneLine(invalid.Id)}', which is not an organization. Give its UUID, or current.",
                invalid);
        }
    }

    private static string FingerprintOfVariables()
    {
        var values = new[] { KeyVariable, HostVariable, ProjectVariable, OrganizationVariable }.Select(ReadVariable);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', values))));
    }

    public static SecureString ToSecureString(string text)
    {
        var secret = new SecureString();
        foreach (var character in text)
            secret.AppendChar(character);

        secret.MakeReadOnly();
        return secret;
    }

    /// <summary>Parses an origin or the name of a region.</summary>
    /// <exception cref="ArgumentException">The text is neither.</exception>
    public static Uri? ParseHost(string? text) => text?.ToUpperInvariant() switch
    {
        null => null,
        "US" => BatchExportClientOptions.UsHost,
        "EU" => BatchExportClientOptions.EuHost,
        _ when Uri.TryCreate(text, UriKind.Absolute, out var host) => host,
        _ => throw new ArgumentException($"{HostVariable} is '{text}'. Give an origin such as https://eu.posthog.com, or us or eu."),
    };

    private sealed class RunspaceState
    {
        public BatchExportConnection? Current { get; set; }

        public BatchExportConnection? Environment { get; set; }

        public string? EnvironmentFingerprint { get; set; }
    }
}
