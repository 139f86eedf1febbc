using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates Google service accounts and Azure connection strings.</summary>
internal static class CloudCredentialRules
{
    private static readonly string[] ServiceAccountKeys = ["private_key", "private_key_id", "token_uri"];
    private static readonly string[] TokenUrls = ["https://oauth2.googleapis.com/token", "https://accounts.google.com/o/oauth2/token"];

    public static Integration CheckServiceAccount(IntegrationSettings settings, Project project, ISet<string> foreign)
    {
        if (settings.IsNoText("service_account_email") || settings.IsNoText("project_id"))
            throw Problem.Invalid("Service account email and project ID must be strings");

        const string missing = "Service account email and project ID must be provided";
        var email = settings.RequireText("service_account_email", missing);
        var cloudProject = settings.RequireText("project_id", missing);
        var isKey = ServiceAccountKeys.All(key => settings.Text(key) is not null);
        if (isKey && !TokenUrls.Contains(settings.Text("token_uri"), StringComparer.Ordinal))
            throw Problem.Invalid("The token_uri in your Google Cloud JSON key file is not Google's OAuth token endpoint.");

        if (foreign.Contains(email))
            throw Problem.Invalid("Cannot create Google Cloud service account integration: Invalid service account");

        var identity = FormattableString.Invariant($"{email}-{project.Id}-{(isKey ? "key-file" : "impersonated")}");
        return new Integration(0, 0, "google-cloud-service-account")
        {
            Identity = identity,
            Config = new JsonObject { ["project_id"] = cloudProject, ["service_account_email"] = email },
            DisplayName = $"ID: {identity}",
        };
    }

    public static Integration CheckAzure(IntegrationSettings settings)
    {
        if (settings.IsNoText("connection_string"))
            throw Problem.Invalid("Connection string must be a string");

        var text = settings.RequireText("connection_string", "Connection string must be provided");
        var parts = text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToArray();
        var account = Value("AccountName");
        if (account is null)
        {
            throw Problem.Invalid(
                "Could not extract AccountName from connection string. Ensure it contains 'AccountName=<your-account-name>;'");
        }

        if (parts.Any(part => part.Length < 2))
            throw Problem.Invalid("Malformed connection string");

        if (account == "devstoreaccount1")
            throw Problem.Invalid("Emulator account not supported");

        var protocol = Value("DefaultEndpointsProtocol");
        if (protocol is not (null or "http" or "https"))
            throw Problem.Invalid("'DefaultEndpointsProtocol' must be 'http' or 'https'");

        if (protocol == "http")
            throw Problem.Invalid("'DefaultEndpointsProtocol' must be 'https'");

        var endpoints = parts.Where(part => part[0].EndsWith("Endpoint", StringComparison.Ordinal));
        if (endpoints.Any(part => part[1].StartsWith("http:", StringComparison.Ordinal)))
            throw Problem.Invalid("Endpoints in the connection string must use https");

        return new Integration(0, 0, "azure-blob") { Identity = account, DisplayName = $"ID: {account}" };

        string? Value(string key) => parts.FirstOrDefault(part => part[0] == key && part.Length == 2 && part[1].Length > 0)?[1];
    }
}
