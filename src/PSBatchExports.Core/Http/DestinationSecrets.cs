using System.Text.Json;
using PSBatchExports.Secrets;

namespace PSBatchExports.Http;

/// <summary>The secrets in the body of a request: what its destination holds under keys that are not known to be open, so that a new secret is one too.</summary>
internal static class DestinationSecrets
{
    private static readonly HashSet<string> OpenKeys = new(
        DestinationType.All.SelectMany(type => type.Keys)
            .Where(key => !key.IsSecret)
            .Select(key => key.Name)
            .Concat(["s3_bucket", "s3_key_prefix", "region_name", "type"]),
        StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<Secret> In(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("destination", out var destination)
            ? [.. Texts(destination, isOpen: false).Select(text => new Secret(text))]
            : [];
    }

    private static IEnumerable<string> Texts(JsonElement element, bool isOpen) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Texts(property.Value, OpenKeys.Contains(property.Name))),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Texts(item, isOpen)),
        JsonValueKind.String when !isOpen => [element.GetString()!],
        _ => [],
    };
}
