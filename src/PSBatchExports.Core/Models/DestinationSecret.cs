using System.Runtime.InteropServices;
using System.Security;
using System.Text.Json;
using PSBatchExports.Json;

namespace PSBatchExports;

/// <summary>A secret among the settings of a destination. It is opened only while a request is written, and cannot be read here or written elsewhere.</summary>
#pragma warning disable CA1001 // Destinations share it, and none of them knows when it is the last; the memory is released and cleared by itself.
public sealed class DestinationSecret : IJsonValue
#pragma warning restore CA1001
{
    /// <summary>What stands for every secret where one is shown or written to a file.</summary>
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

    /// <summary>The <see cref="Marker"/>, so that it is known again where a destination is read back.</summary>
#pragma warning disable CA1822 // What serializes objects sees properties of instances only.
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
