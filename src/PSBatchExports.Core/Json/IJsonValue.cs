using System.Text.Json;

namespace PSBatchExports.Json;

/// <summary>A value that writes its own JSON.</summary>
internal interface IJsonValue
{
    void Write(Utf8JsonWriter writer);
}
