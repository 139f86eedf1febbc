using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>The secret keys of a configuration, which responses omit at any depth.</summary>
internal static class Secrets
{
    private static readonly string[] AwsSecrets = ["aws_access_key_id", "aws_secret_access_key"];
    private static readonly string[] NoSecrets = [];

    private static readonly Dictionary<string, string[]> ByType = new(StringComparer.Ordinal)
    {
        ["AwsS3"] = AwsSecrets,
        ["S3Compatible"] = AwsSecrets,
        ["Snowflake"] = ["user", "password", "private_key", "private_key_passphrase"],
        ["Postgres"] = ["user", "password"],
        ["Redshift"] = ["user", "password", .. AwsSecrets],
        ["BigQuery"] = ["private_key", "private_key_id", "client_email", "token_uri"],
        ["HTTP"] = ["token"],
    };

    public static JsonObject Without(string type, JsonObject config) =>
        Strip(config, ByType.GetValueOrDefault(type, NoSecrets));

    private static JsonObject Strip(JsonObject config, string[] secrets)
    {
        var shown = new JsonObject();
        foreach (var (name, value) in config)
        {
            if (!secrets.Contains(name, StringComparer.Ordinal))
                shown[name] = value is JsonObject nested ? Strip(nested, secrets) : value?.DeepClone();
        }

        return shown;
    }
}
