using System.Text.Json.Nodes;

namespace PSBatchExports.Core.Tests;

/// <summary>Random configurations of every type of destination, in the form of files.</summary>
internal sealed class ConfigurationSamples(int seed)
{
    private const string Aws = """{"kind":"aws-s3","name":"Export bucket key"}""";

    public static readonly string[] Types =
        ["AwsS3", "S3Compatible", "Snowflake", "Postgres", "Redshift", "BigQuery", "Databricks", "AzureBlob", "HTTP"];

    public static readonly string[] Intervals = ["hour", "day", "week", "every 15 minutes", "every 5 minutes"];

    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "US/Pacific", "Asia/Kathmandu", "Pacific/Apia"];

    private static readonly Dictionary<string, (string Config, Dictionary<string, string[]> Optional)> Destinations =
        new(StringComparer.Ordinal)
        {
            ["AwsS3"] = (
                """{"bucket_name":"b","region":"r","prefix":"p/{year}"}""",
                Files("prefix", new() { ["encryption"] = ["\"AES256\"", "\"aws:kms\""], ["kms_key_id"] = ["\"k\"", "\"l\""] })),
            ["S3Compatible"] = (
                """{"bucket_name":"b","region":"auto","prefix":" p "}""",
                Files("prefix", new() { ["use_virtual_style_addressing"] = ["true", "false"] })),
            ["AzureBlob"] = ("""{"container_name":"c"}""", Files("prefix", [])),
            ["Snowflake"] = (
                """{"database":"d","warehouse":"w","schema":"s"}""",
                Tables(new() { ["role"] = ["\"r\"", "\"17\"", "null"], ["schema"] = ["\"t\"", "\"u\""] })),
            ["Postgres"] = (
                """{"database":"d"}""",
                Tables(new()
                {
                    ["schema"] = ["\"public\"", "\"x\""],
                    ["has_self_signed_cert"] = ["true", "false"],
                    ["port"] = ["5432", "5433"],
                })),
            ["Redshift"] = (
                """{"database":"d","host":"h.example.com"}""",
                Tables(new()
                {
                    ["schema"] = ["\"public\"", "\"x\""],
                    ["port"] = ["5439", "15439"],
                    ["properties_data_type"] = ["\"varchar\"", "\"super\""],
                    ["copy_inputs"] =
                    [
                        $$$"""
                        {"s3_bucket":"b","region_name":"r","authorization":"arn:aws:iam::1:role/r",
                        "bucket_credentials":{"integration":{{{Aws}}}}}
                        """,
                        $$$"""
                        {"s3_bucket":"b","region_name":"r","s3_key_prefix":"/x","authorization":{"integration":{{{Aws}}}},
                        "bucket_credentials":{"integration":{{{Aws}}}}}
                        """,
                    ],
                })),
            ["BigQuery"] = (
                """{"dataset_id":"d"}""", new() { ["table_id"] = ["\"events\"", "\"x\""], ["use_json_type"] = ["true", "false"] }),
            ["Databricks"] = (
                """{"http_path":"h","catalog":"c","schema":"s","table_name":"t"}""",
                new()
                {
                    ["use_variant_type"] = ["true", "false"],
                    ["use_automatic_schema_evolution"] = ["true", "false"],
                    ["catalog"] = ["\"x\"", "\"y\""],
                }),
            ["HTTP"] = (
                """{"url":"https://us.i.posthog.com/batch/","token":"env:PSBATCHEXPORTS_TEST_TOKEN"}""",
                new() { ["url"] = ["\"https://us.i.posthog.com/batch/\"", "\"https://eu.i.posthog.com/batch/\""] }),
        };

    private readonly Random _random = new(seed);

    public T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    public bool Chance(double share) => _random.NextDouble() < share;

    /// <summary>A configuration whose integration is the first of its kind.</summary>
    public JsonObject Draw(string type, string interval, string name, IReadOnlyList<BatchExportIntegration> integrations)
    {
        var (config, optional) = Destinations[type];
        var settings = JsonNode.Parse(config)!.AsObject();
        foreach (var (key, values) in optional.Where(_ => Chance(0.5)))
            settings[key] = JsonNode.Parse(Pick(values));

        if (Chance(0.3))
            settings["include_events"] = new JsonArray("a", "$b");

        if (settings["copy_inputs"] is not null)
            settings["mode"] = "COPY";

        var destination = new JsonObject { ["type"] = type };
        if (KindOf(type) is { } kind)
            destination["integration"] = Reference(integrations.First(integration => integration.Kind == kind));

        destination["config"] = settings;
        var file = new JsonObject { ["name"] = name, ["interval"] = interval, ["destination"] = destination };
        AddSchedule(file, interval);
        AddModel(file, type);
        return file;
    }

    /// <summary>Changes one value, and says which.</summary>
    public string Edit(JsonObject file, IReadOnlyList<BatchExportIntegration> integrations)
    {
        while (true)
        {
            var before = file.ToJsonString();
            var path = TryEdit(file, integrations);
            if (path is not null && file.ToJsonString() != before)
                return path;
        }
    }

    private string? TryEdit(JsonObject file, IReadOnlyList<BatchExportIntegration> integrations)
    {
        var destination = file["destination"]!.AsObject();
        var type = destination["type"]!.GetValue<string>();
        var interval = file["interval"]!.GetValue<string>();
        switch (_random.Next(10))
        {
            case 0 when interval is not ("day" or "week"):
                return Set(file, "interval", Pick(["hour", "every 15 minutes", "every 5 minutes"]), "hour");
            case 1:
                return Set(file, "timezone", Pick(Zones), "UTC");
            case 2 when interval is "day" or "week":
                return Set(file, "offset_hour", (long)_random.Next(24), 0L);
            case 3 when interval == "week":
                return Set(file, "offset_day", (long)_random.Next(7), 0L);
            case 4:
                return Set(file, Pick(["start_at", "end_at"]), $"2027-01-{_random.Next(1, 29):00}T00:00:00Z", null);
            case 5 when file["filters"] is JsonArray { Count: > 0 } filters:
                var index = _random.Next(filters.Count);
                filters[index]!["value"] = _random.Next(1000);
                return $"filters[{index}].value";
            case 6 when file["hogql_query"] is not null:
                return Set(file, "hogql_query", $"SELECT event AS e, {_random.Next(1000)} AS n FROM events", null);
            case 7 when KindOf(type) is { } kind:
                destination["integration"] = Reference(Pick([.. integrations.Where(integration => integration.Kind == kind)]));
                return "destination.integration";
            case 8:
                return Set(file, "paused", Chance(0.5), false);
            default:
                var (_, optional) = Destinations[type];
                var key = Pick([.. optional.Keys.Where(key => key != "copy_inputs")]);
                return SetSetting(destination["config"]!.AsObject(), type, key, JsonNode.Parse(Pick(optional[key])));
        }
    }

    // Null if the value is the same to the service.
    private static string? Set<T>(JsonObject file, string key, T value, T? missing)
    {
        var old = (file[key] ?? JsonValue.Create(missing))?.ToJsonString();
        file[key] = JsonValue.Create(value);
        return old == file[key]?.ToJsonString() ? null : key;
    }

    private static string? SetSetting(JsonObject config, string type, string key, JsonNode? value)
    {
        var meaning = DestinationType.Find(type)!.Keys.First(known => known.Name == key).Default.Or(null);
        var old = config[key]?.ToJsonString() ?? (meaning is null ? "null" : JsonValue.Create(meaning)!.ToJsonString());
        config[key] = value;
        return old == (value?.ToJsonString() ?? "null") ? null : $"destination.config.{key}";
    }

    private void AddSchedule(JsonObject file, string interval)
    {
        if (Chance(0.5))
            file["timezone"] = Pick(Zones);

        if (interval is "day" or "week" && Chance(0.5))
            file["offset_hour"] = _random.Next(24);

        if (interval == "week" && Chance(0.5))
            file["offset_day"] = _random.Next(7);

        if (Chance(0.3))
            file["start_at"] = "2026-01-01T00:00:00+02:00";
    }

    private void AddModel(JsonObject file, string type)
    {
        switch (type == "HTTP" ? 0 : _random.Next(4))
        {
            case 0 when Chance(0.6):
                file["filters"] = new JsonArray(
                    JsonNode.Parse("""{"key":"$browser","operator":"exact","type":"event","value":["Firefox","Safari"]}"""),
                    JsonNode.Parse("""{"type":"person","key":"plan","value":1e2,"operator":"exact","deep":{"a":1.50,"b":[null,true]}}"""));
                break;
            case 0:
                file["filters"] = Chance(0.5) ? new JsonArray() : null;
                break;
            case 1:
                file["model"] = "persons";
                break;
            case 2:
                file["model"] = "sessions";
                break;
            case 3:
                file["model"] = "hogql";
                file["hogql_query"] = new JsonArray("  SELECT", "  event AS e, 1 AS n", "FROM events  ");
                file["hogql_modifiers"] = JsonNode.Parse("""{"convertToProjectTimezone":false,"debug":null}""");
                file["primary_key"] = new JsonArray(" e ");
                file["incremental_mode"] = "MERGE";
                break;
        }
    }

    private static string? KindOf(string type) => type switch
    {
        "AwsS3" => "aws-s3",
        "S3Compatible" => "s3-compatible",
        "Snowflake" => "snowflake",
        "Postgres" => "postgresql",
        "Redshift" => "aws-redshift",
        "BigQuery" => "google-cloud-service-account",
        "Databricks" => "databricks",
        "AzureBlob" => "azure-blob",
        _ => null,
    };

    private static JsonObject Reference(BatchExportIntegration integration) =>
        new() { ["kind"] = integration.Kind, ["name"] = integration.Name };

    private static Dictionary<string, string[]> Files(string prefix, Dictionary<string, string[]> more)
    {
        more[prefix] = ["\"x\"", "\"y/{month}\""];
        more["compression"] = ["\"gzip\"", "\"brotli\"", "null"];
        more["file_format"] = ["\"JSONLines\"", "\"Parquet\""];
        more["max_file_size_mb"] = ["10", "500", "null"];
        return more;
    }

    private static Dictionary<string, string[]> Tables(Dictionary<string, string[]> more)
    {
        more["table_name"] = ["\"events\"", "\"x\""];
        return more;
    }
}
