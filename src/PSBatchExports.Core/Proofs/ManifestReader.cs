using System.Text.Json;

namespace PSBatchExports.Proofs;

/// <summary>Reads the windows that a manifest names.</summary>
internal static class ManifestReader
{
    /// <summary>The name of a manifest in its folder.</summary>
    public const string FileName = "manifest.json";

    private const int CurrentVersion = 1;

    /// <summary>The manifest of a folder; null if the file is none of this module's.</summary>
    /// <param name="path">The full path.</param>
    /// <exception cref="FormatException">The manifest is damaged, or of a newer version.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Manifest? Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("manifest", out var version))
                return null;

            if (!version.TryGetInt32(out var number) || number > CurrentVersion)
                throw new FormatException($"'{path}' has version {version}, and this module reads up to {CurrentVersion}.");

            return json.RootElement.Deserialize(ManifestJson.Default.Manifest);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new FormatException($"'{path}' cannot be read: {failure.Message.TrimEnd('.')}.", failure);
        }
    }
}
