using System.Runtime.InteropServices;
using System.Security;
using System.Text.Json;
using PSBatchExports.Json;

namespace PSBatchExports;

/// <summary>
/// A secret in the settings of a destination. It is revealed only while a request is written, and cannot be read or serialized.
/// </summary>
#pragma warning disable CA1001 // Several destinations may share it; the finalizer clears and frees the memory.
public sealed class DestinationSecret : IJsonValue
#pragma warning restore CA1001
{
    /// <summary>The text that replaces every secret when it is shown or serialized.</summary>
    public const string Marker = "(secret)";

    private readonly SecureString _value;

    internal DestinationSecret(SecureString value)
    {
        _value = value.Copy();
        _value.MakeReadOnly();
    }

    internal DestinationSecret(string value)
    {
        _value = new SecureString();
        foreach (var character in value)
            _value.AppendChar(character);

        _value.MakeReadOnly();
    }

    /// <summary>The <see cref="Marker"/>, by which a deserialized secret is recognized.</summary>
#pragma warning disable CA1822 // Serializers see instance properties only.
    public string Secret => Marker;
#pragma warning restore CA1822

    /// <summary>The <see cref="Marker"/>.</summary>
    public override string ToString() => Marker;

    void IJsonValue.Write(Utf8JsonWriter writer)
    {
        var characters = new char[_value.Length];
        var pointer = Marshal.SecureStringToGlobalAllocUnicode(_value);
        try
        {
            Marshal.Copy(pointer, characters, 0, characters.Length);
            writer.WriteStringValue(characters);
        }
        finally
        {
            Array.Clear(characters);
            Marshal.ZeroFreeGlobalAllocUnicode(pointer);
        }
    }
}
