using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates the keys of S3-compatible storages.</summary>
internal static class BucketCredentialRules
{
    private const string Required = " is required for S3-compatible integration";

    public static Integration Check(IntegrationSettings settings)
    {
        var name = settings.RequireText("name", "A name" + Required);
        settings.RequireText("aws_access_key_id", "Access key ID" + Required);
        settings.RequireText("aws_secret_access_key", "Secret access key" + Required);
        var url = settings.RequireText("endpoint_url", "Endpoint URL" + Required);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var endpoint) || !HostRules.IsReachable(endpoint.Host))
            throw Problem.Invalid("Invalid endpoint URL: it is not reachable from the internet");

        return new Integration(0, 0, "s3-compatible")
        {
            Identity = name,
            Config = new JsonObject { ["name"] = name, ["endpoint_url"] = url },
            DisplayName = $"{name} (access key, {url})",
        };
    }
}
