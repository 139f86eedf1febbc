using System.Text.Json;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api.Validation;

/// <summary>Validates the file format and compression of S3 and Azure destinations.</summary>
internal static class FileFormatRules
{
    private const string Attribute = "destination";

    private static readonly Dictionary<string, string[]> Compressions = new(StringComparer.Ordinal)
    {
        ["Parquet"] = ["zstd", "lz4", "snappy", "gzip", "brotli"],
        ["JSONLines"] = ["gzip", "brotli"],
    };

    public static void Check(JsonObject config, JsonObject? stored)
    {
        var format = Text(config, "file_format") ?? "JSONLines";
        if (!Compressions.TryGetValue(format, out var compressions))
            throw Problem.Invalid($"File format {format} is not supported. Supported file formats are ['Parquet', 'JSONLines']", Attribute);

        if (Text(config, "compression") is { } compression && !compressions.Contains(compression, StringComparer.Ordinal))
        {
            var supported = string.Join(", ", compressions.Select(c => $"'{c}'"));
            throw Problem.Invalid(
                $"Compression {compression} is not supported for file format {format}. Supported compressions are [{supported}]",
                Attribute);
        }

        if (HasLegacyExtension(config) && !HasLegacyExtension(stored))
        {
            throw Problem.Invalid(
                "'legacy_parquet_extension' can only stay on for an export that already writes the compression codec into its Parquet "
                + "file names. It cannot be turned on for a new export, or turned back on once an export moved to the standard "
                + "'.parquet' extension.",
                Attribute);
        }
    }

    private static bool HasLegacyExtension(JsonObject? config) => config?["legacy_parquet_extension"]?.GetValueKind() == JsonValueKind.True;

    private static string? Text(JsonObject config, string name) => config[name]?.GetValue<string>();
}
