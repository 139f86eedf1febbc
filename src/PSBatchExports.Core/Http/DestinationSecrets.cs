using System.Text.Json;
using PSBatchExports.Secrets;

namespace PSBatchExports.Http;

/// <summary>
/// The secrets in a request body: every text of its destination, except under keys known to be public. A secret of a newer service is thus
/// covered.
/// </summary>
internal static class DestinationSecrets
{
    private static readonly HashSet<string> PublicKeys = new(
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
            ? [.. Texts(destination, isPublic: false).Select(text => new Secret(text))]
            : [];
    }

    private static IEnumerable<string> Texts(JsonElement element, bool isPublic) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Texts(property.Value, PublicKeys.Contains(property.Name))),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Texts(item, isPublic)),
        JsonValueKind.String when !isPublic => [element.GetString()!],
        _ => [],
    };
}
