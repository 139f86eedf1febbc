using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates the credentials of Snowflake and Databricks.</summary>
internal static class WarehouseCredentialRules
{
    private static readonly string[] SnowflakeTexts = ["name", "account", "user", "authentication_type"];
    private static readonly string[] SnowflakeSecrets = ["password", "private_key", "private_key_passphrase"];
    private static readonly string[] DatabricksTexts = ["server_hostname", "client_id", "client_secret"];

    public static Integration CheckSnowflake(IntegrationSettings settings)
    {
        if (!settings.HasAny("name") || !settings.HasAny("account") || !settings.HasAny("user"))
            throw Problem.Invalid("Name, account, and user must be provided");

        if (SnowflakeTexts.Any(settings.IsNoText))
            throw Problem.Invalid("Name, account, user, and authentication type must be strings");

        if (SnowflakeSecrets.Any(settings.IsNoText))
            throw Problem.Invalid("Password, private key, and private key passphrase must be strings");

        const string missing = "Name, account, and user must be provided";
        var (name, account) = (settings.RequireText("name", missing), settings.RequireText("account", missing));
        var user = settings.RequireText("user", missing);
        if (account.Contains('/', StringComparison.Ordinal) || account.Contains(':', StringComparison.Ordinal))
            throw Problem.Invalid($"Snowflake integration is not valid: invalid account identifier '{account}'");

        var authentication = settings.Text("authentication_type") ?? "password";
        CheckAuthentication(settings, authentication);
        return new Integration(0, 0, "snowflake")
        {
            Identity = name,
            Config = new JsonObject
            {
                ["name"] = name,
                ["account"] = account,
                ["user"] = user,
                ["authentication_type"] = authentication,
            },
            DisplayName = $"{name} (account: {account}, {authentication} auth)",
        };
    }

    public static Integration CheckDatabricks(IntegrationSettings settings)
    {
        if (DatabricksTexts.Any(settings.IsNoText))
            throw Problem.Invalid("Server hostname, client ID, and client secret must be strings");

        foreach (var name in DatabricksTexts)
            settings.RequireText(name, "Server hostname, client ID, and client secret must be provided");

        var host = settings.Text("server_hostname")!;
        if (host.Contains("://", StringComparison.Ordinal))
            throw Problem.Invalid("Databricks integration is not valid: 'server_hostname' should not be a full URL");

        if (!HostRules.IsReachable(host))
            throw Problem.Invalid($"Databricks integration error: could not validate hostname '{host}'");

        return new Integration(0, 0, "databricks")
        {
            Identity = host,
            Config = new JsonObject { ["server_hostname"] = host },
            DisplayName = host,
        };
    }

    private static void CheckAuthentication(IntegrationSettings settings, string authentication)
    {
        switch (authentication)
        {
            case "password":
                settings.RequireText("password", "Password is required for password authentication");
                break;
            case "keypair":
                settings.RequireText("private_key", "Private key is required for key-pair authentication");
                break;
            default:
                throw Problem.Invalid($"Invalid authentication type: {authentication}");
        }
    }
}
