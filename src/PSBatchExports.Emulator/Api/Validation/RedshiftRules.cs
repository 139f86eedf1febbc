using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates the host and the COPY inputs of a Redshift destination.</summary>
internal static class RedshiftRules
{
    private const string Attribute = "destination";
    private static readonly string[] CopyInputs = ["s3_bucket", "region_name", "authorization", "bucket_credentials"];

    public static void Check(
        JsonObject config, JsonObject sent, JsonObject? stored, Integration? integration, Func<long, Integration?> find)
    {
        if (integration is { StoresHost: false } && config["host"] is null)
        {
            throw Problem.Invalid(
                "A 'host' is required when using an AWS Redshift integration: set it to the cluster or workgroup endpoint.", Attribute);
        }

        HostRules.Check(config);

        if (sent["copy_inputs"] is JsonObject changes && stored?["copy_inputs"] is JsonObject before)
        {
            RejectCredentialSwitch("authorization", changes, before);
            RejectCredentialSwitch("bucket_credentials", changes, before);
        }

        if (config["mode"]?.GetValue<string>() == "COPY")
            CheckCopy(config["copy_inputs"] as JsonObject, find);
    }

    private static void CheckCopy(JsonObject? inputs, Func<long, Integration?> find)
    {
        if (inputs is null)
            throw Problem.Invalid("Missing required inputs for 'COPY'", Attribute);

        if (CopyInputs.Any(key => inputs[key] is null))
            throw Problem.Invalid("Missing required input for 'COPY'", Attribute);

        CheckCredentials("bucket_credentials", inputs["bucket_credentials"]!, "Missing required bucket credentials for 'COPY'", find);
        var authorization = inputs["authorization"]!;
        if (authorization.GetValueKind() == JsonValueKind.String)
        {
            if (authorization.GetValue<string>().Length == 0)
                throw Problem.Invalid("Missing required IAM role for 'COPY'", Attribute);

            return;
        }

        if (PythonType.NameOf(authorization) is not ("dict" or "int"))
            throw Problem.Invalid("Authorization for 'COPY' must be an IAM role ARN, AWS credentials, or an integration ID.", Attribute);

        CheckCredentials("authorization", authorization, "Missing required credentials for 'COPY'", find);
    }

    private static void CheckCredentials(string name, JsonNode value, string missing, Func<long, Integration?> find)
    {
        if (value is JsonObject credentials)
        {
            if (IsMissing(credentials, "aws_access_key_id") || IsMissing(credentials, "aws_secret_access_key"))
                throw Problem.Invalid(missing, Attribute);
        }
        else if (PythonType.NameOf(value) != "int" || find(value.GetValue<long>()) is not { Kind: "aws-s3" })
        {
            throw Problem.Invalid($"'{name}' does not reference an AWS S3 integration of this project.", Attribute);
        }
    }

    private static void RejectCredentialSwitch(string name, JsonObject changes, JsonObject before)
    {
        if (PythonType.NameOf(before[name]) == "int" && changes[name] is JsonObject)
        {
            throw Problem.Invalid(
                $"Cannot switch '{name}' from an integration to inline credentials. "
                + "Send a different integration ID to swap, or omit the field to keep the current one.",
                Attribute);
        }
    }

    private static bool IsMissing(JsonObject credentials, string name) => string.IsNullOrEmpty(credentials[name]?.ToString());
}
