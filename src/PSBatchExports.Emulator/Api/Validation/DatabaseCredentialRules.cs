using System.Globalization;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates the host, user and password of a PostgreSQL or Redshift server.</summary>
internal static class DatabaseCredentialRules
{
    private static readonly string[] SslModes = ["require", "verify-ca", "verify-full"];

    public static Integration Check(string kind, IntegrationSettings settings, Project project)
    {
        var host = settings.RequireText("host", $"Host is required for {kind} integration");
        if (!HostRules.IsReachable(host))
            throw Problem.Invalid($"Provided host '{host}' is not valid");

        var port = Port(kind, settings["port"]);
        var user = settings.RequireText("user", $"A username is required for {kind} integration");
        settings.RequireText("password", $"A password is required for {kind} integration");
        var mode = settings.Text("ssl_mode") ?? "require";
        if (!SslModes.Contains(mode, StringComparer.Ordinal))
            throw Problem.Invalid("SSL mode must be one of: require, verify-ca, verify-full");

        if (settings.IsNoText("ssl_root_cert"))
            throw Problem.Invalid("SSL root certificate must be a string");

        if (mode != "require" && settings.Text("ssl_root_cert") is null)
            throw Problem.Invalid("SSL root certificate must be provided when verifying server certificates");

        var identity = FormattableString.Invariant($"{project.Id}-{host}-{port}-{user}");
        return new Integration(0, 0, kind)
        {
            Identity = identity,
            Config = new JsonObject
            {
                ["host"] = host,
                ["port"] = port,
                ["user"] = user,
                ["ssl_mode"] = mode,
                ["ssl_root_cert"] = settings.Text("ssl_root_cert"),
            },
            DisplayName = kind == "postgresql" ? $"ID: {identity}" : $"{identity} ({user}@{host})",
        };
    }

    private static int Port(string kind, JsonNode? node)
    {
        if (node is null)
            throw Problem.Invalid($"A valid port is required for an {kind} integration");

        return int.TryParse(node.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : throw Problem.Invalid("Port must be an integer");
    }
}
