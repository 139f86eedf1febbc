using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace PSBatchExports.Session;

/// <summary>The current connection of each runspace, and the one that the environment variables describe.</summary>
internal static class Connections
{
    public const string KeyVariable = "POSTHOG_PERSONAL_API_KEY";
    public const string HostVariable = "POSTHOG_HOST";
    public const string ProjectVariable = "POSTHOG_PROJECT_ID";
    public const string OrganizationVariable = "POSTHOG_ORGANIZATION_ID";

    private static readonly ConditionalWeakTable<Runspace, Slot> Slots = [];

    /// <summary>The connection made by Connect-BatchExportService in this runspace; null for none.</summary>
    public static BatchExportConnection? Current
    {
        get => Here.Current is { IsOpen: true } open ? open : null;
        set => Here.Current = value;
    }

    private static Slot Here => Slots.GetOrCreateValue(Runspace.DefaultRunspace);

    /// <summary>The connection that the environment variables describe, made once for the same values; null where there is no key.</summary>
    /// <exception cref="ArgumentException">A variable's value cannot be right.</exception>
    public static BatchExportConnection? FromEnvironment()
    {
        if (Read(KeyVariable) is not { } key)
            return null;

        var (host, project, organization) = (Read(HostVariable), Read(ProjectVariable), Read(OrganizationVariable));
        var fingerprint = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', key, host, project, organization))));
        var slot = Here;
        if (slot.Environment is { IsOpen: true } known && slot.EnvironmentFingerprint == fingerprint)
            return known;

        using var secret = ToSecureString(key);
        var options = new BatchExportClientOptions { ApiKey = secret, ApiHost = ParseHost(host) ?? BatchExportClientOptions.UsHost };
        slot.Environment = Create(options, project: null, organization: null);
        slot.EnvironmentFingerprint = fingerprint;
        return slot.Environment;
    }

    /// <summary>The value of a variable, without the line break at its end that files and secret stores leave; null for none.</summary>
    public static string? Read(string variable) => Environment.GetEnvironmentVariable(variable)?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>A connection whose default project or organization may come from a variable, which an error then names.</summary>
    /// <exception cref="ArgumentException">One of them cannot be right.</exception>
    public static BatchExportConnection Create(BatchExportClientOptions options, string? project, string? organization, ApiPath apiPath = ApiPath.Projects)
    {
        try
        {
            return new BatchExportConnection(options, project ?? Read(ProjectVariable) ?? "current", organization ?? Read(OrganizationVariable), apiPath);
        }
        catch (InvalidIdException invalid) when (project is null && invalid.Id == Read(ProjectVariable))
        {
            throw new ArgumentException($"{ProjectVariable} is '{DisplayText.OneLine(invalid.Id)}', which is no project. Give its number, or current.", invalid);
        }
        catch (InvalidIdException invalid) when (organization is null && invalid.Id == Read(OrganizationVariable))
        {
            throw new ArgumentException($"{OrganizationVariable} is '{DisplayText.OneLine(invalid.Id)}', which is no organization. Give its UUID, or current.", invalid);
        }
    }

    public static SecureString ToSecureString(string text)
    {
        var secret = new SecureString();
        foreach (var character in text)
            secret.AppendChar(character);

        secret.MakeReadOnly();
        return secret;
    }

    /// <summary>An origin from a text that is one, or that names a region.</summary>
    /// <exception cref="ArgumentException">The text is neither.</exception>
    public static Uri? ParseHost(string? text) => text?.ToUpperInvariant() switch
    {
        null => null,
        "US" => BatchExportClientOptions.UsHost,
        "EU" => BatchExportClientOptions.EuHost,
        _ when Uri.TryCreate(text, UriKind.Absolute, out var host) => host,
        _ => throw new ArgumentException($"{HostVariable} is '{text}'. Give an origin such as https://eu.posthog.com, or us or eu."),
    };

    private sealed class Slot
    {
        public BatchExportConnection? Current { get; set; }

        public BatchExportConnection? Environment { get; set; }

        public string? EnvironmentFingerprint { get; set; }
    }
}
