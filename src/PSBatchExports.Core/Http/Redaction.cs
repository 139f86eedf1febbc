using System.Text;
using System.Text.Json;
using PSBatchExports.Secrets;

namespace PSBatchExports.Http;

/// <summary>What may be shown of requests and responses. Whatever is not listed here is hidden, so a new secret is hidden too.</summary>
internal static class Redaction
{
    private static readonly HashSet<string> ShownHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept", "Accept-Ranges", "Content-Length", "Content-Range", "Content-Type", "Date", "Deprecation", "If-Range", "Range",
        "Retry-After", "Sunset", "User-Agent",
    };

    // Shown by name only. Any other name may itself be a secret.
    private static readonly HashSet<string> NamedHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Age", "Allow", "Authorization", "Cache-Control", "Connection", "Content-Disposition", "Content-Encoding", "Content-Language",
        "Content-Security-Policy", "ETag", "Expires", "Keep-Alive", "Last-Modified", "Link", "Location", "Proxy-Authenticate", "Server",
        "Set-Cookie", "Strict-Transport-Security", "Transfer-Encoding", "Vary", "Via", "WWW-Authenticate", "X-Amz-Id-2", "X-Amz-Request-Id",
        "X-Amz-Server-Side-Encryption", "X-Content-Type-Options", "X-Frame-Options", "X-Request-Id",
    };

    private static readonly HashSet<string> ShownParameters = new(StringComparer.Ordinal)
    {
        "after", "before", "cursor", "destination", "end", "instance_id", "level", "limit", "offset", "ordering", "start", "status",
    };

    private static readonly HashSet<string> ShownFields = new(StringComparer.Ordinal)
    {
        "backfill", "compression", "data_interval_end", "data_interval_start", "end_at", "exclude", "file_format", "format", "include",
        "incremental_mode", "integration", "interval", "max_file_size_mb", "max_size_mb", "model", "name", "offset_day", "offset_hour",
        "paused", "start_at", "step", "timezone", "type",
    };

    /// <summary>The URL with the values of unlisted query parameters hidden.</summary>
    public static string Url(Uri url)
    {
        if (url.Query.Length < 2)
            return url.GetLeftPart(UriPartial.Path);

        return $"{url.GetLeftPart(UriPartial.Path)}?{string.Join('&', url.Query[1..].Split('&').Select(Parameter))}";
    }

    public static string Request(HttpRequestMessage message, ReadOnlyMemory<byte>? body)
    {
        var text = new StringBuilder();
        Append(text, message.Headers.NonValidated);
        if (message.Content is not null)
            Append(text, message.Content.Headers.NonValidated);

        if (body is { } bytes)
            text.AppendLine().Append(Body(bytes));

        return text.ToString().TrimEnd();
    }

    public static string Response(HttpResponseMessage response)
    {
        var text = new StringBuilder();
        Append(text, response.Headers.NonValidated);
        Append(text, response.Content.Headers.NonValidated);
        return text.ToString().TrimEnd();
    }

    /// <summary>The shape of a JSON body, with the values of unlisted fields hidden.</summary>
    public static string Body(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
            Copy(document.RootElement, writer, isShown: false);

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Parameter(string pair)
    {
        var name = pair.Split('=', 2)[0];
        return ShownParameters.Contains(name) ? pair : $"{name}={SecretText.Hidden}";
    }

    private static void Append(StringBuilder text, System.Net.Http.Headers.HttpHeadersNonValidated headers)
    {
        var others = 0;
        foreach (var (name, values) in headers)
        {
            if (ShownHeaders.Contains(name))
                text.Append(name).Append(": ").AppendLine(values.ToString());
            else if (NamedHeaders.Contains(name))
                text.Append(name).Append(": ").AppendLine(SecretText.Hidden);
            else
                others++;
        }

        if (others > 0)
            text.Append("(other headers: ").Append(others).AppendLine(")");
    }

    private static void Copy(JsonElement element, Utf8JsonWriter writer, bool isShown)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject())
                {
                    writer.WritePropertyName(property.Name);
                    Copy(property.Value, writer, ShownFields.Contains(property.Name));
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Copy(item, writer, isShown);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Null:
                writer.WriteNullValue();
                break;
            case var _ when isShown:
                element.WriteTo(writer);
                break;
            default:
                writer.WriteStringValue(SecretText.Hidden);
                break;
        }
    }
}
