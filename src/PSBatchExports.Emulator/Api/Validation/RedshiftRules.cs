using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>What a Redshift destination's COPY mode and host need.</summary>
internal static class RedshiftRules
{
    private const string Attribute = "destination";
    private static readonly string[] s_copyInputs = ["s3_bucket", "region_name", "authorization", "bucket_credentials"];

    public static void Check(JsonObject config, JsonObject sent, JsonObject? stored, Integration? integration, Func<long, Integration?> find)
    {
        if (integration is { StoresHost: false } && config["host"] is null)
            throw Problem.Invalid("A 'host' is required when using an AWS Redshift integration: set it to the cluster or workgroup endpoint.", Attribute);
        HostRules.Check(config);

        if (sent["copy_inputs"] is JsonObject changes && stored?["copy_inputs"] is JsonObject before)
        {
            RefuseSwitch("authorization", changes, before);
            RefuseSwitch("bucket_credentials", changes, before);
        }

        if (config["mode"]?.GetValue<string>() == "COPY")
            CheckCopy(config["copy_inputs"] as JsonObject, find);
    }

    private static void CheckCopy(JsonObject? inputs, Func<long, Integration?> find)
    {
        if (inputs is null)
            throw Problem.Invalid("Missing required inputs for 'COPY'", Attribute);
        if (s_copyInputs.Any(key => inputs[key] is null))
            throw Problem.Invalid("Missing required input for 'COPY'", Attribute);

        CheckCredentials("bucket_credentials", inputs["bucket_credentials"]!, "Missing required bucket credentials for 'COPY'", find);
        var authorization = inputs["authorization"]!;
        if (authorization.GetValueKind() == JsonValueKind.String)
        {
            if (authorization.GetValue<string>().Length == 0)
                throw Problem.Invalid("Missing required IAM role for 'COPY'", Attribute);
            return;
        }

        if (PythonType.Of(authorization) is not ("dict" or "int"))
            throw Problem.Invalid("Authorization for 'COPY' must be an IAM role ARN, AWS credentials, or an integration ID.", Attribute);
        CheckCredentials("authorization", authorization, "Missing required credentials for 'COPY'", find);
    }

    private static void CheckCredentials(string name, JsonNode value, string missing, Func<long, Integration?> find)
    {
        if (value is JsonObject credentials)
        {
            if (string.IsNullOrEmpty(Text(credentials, "aws_access_key_id")) || string.IsNullOrEmpty(Text(credentials, "aws_secret_access_key")))
                throw Problem.Invalid(missing, Attribute);
        }
        else if (PythonType.Of(value) != "int" || find(value.GetValue<long>()) is not { Kind: "aws-s3" })
        {
            throw Problem.Invalid($"'{name}' does not reference an AWS S3 integration of this project.", Attribute);
        }
    }

    private static void RefuseSwitch(string name, JsonObject changes, JsonObject before)
    {
        if (PythonType.Of(before[name]) == "int" && changes[name] is JsonObject)
        {
            throw Problem.Invalid(
                $"Cannot switch '{name}' from an integration to inline credentials. Send a different integration ID to swap, or omit the field to keep the current one.",
                Attribute);
        }
    }

    private static string? Text(JsonObject credentials, string name) => credentials[name]?.ToString();
}
