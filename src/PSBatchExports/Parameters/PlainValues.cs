using System.Collections;
using System.Management.Automation;
using System.Security;

namespace PSBatchExports.Parameters;

/// <summary>Takes PowerShell's wrappings off values that go to the wire.</summary>
internal static class PlainValues
{
    /// <exception cref="ArgumentTransformationMetadataException">A value cannot be sent.</exception>
    public static object? From(object? value)
    {
        if (value is PSObject wrapped)
            return wrapped.BaseObject is PSCustomObject ? FromProperties(wrapped) : From(wrapped.BaseObject);

        return value switch
        {
            null or string or bool or SecureString or DateTimeOffset => value,
            SwitchParameter flag => flag.IsPresent,
            DateTime time => TimeTransformationAttribute.Convert(time),
            IDictionary dictionary => FromDictionary(dictionary),
            IEnumerable list => list.Cast<object?>().Select(From).ToArray(),
            IConvertible or Guid or Uri or TimeSpan => value,
            _ => throw new ArgumentTransformationMetadataException($"A value of type {value.GetType()} cannot be sent."),
        };
    }

    /// <summary>The keys and values of a hashtable or of a row of ConvertFrom-Json; null where the value is neither.</summary>
    public static Dictionary<string, object?>? ToDictionary(object? value) => From(value) as Dictionary<string, object?>;

    private static Dictionary<string, object?> FromDictionary(IDictionary dictionary)
    {
        var plain = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in dictionary)
            plain[entry.Key.ToString()!] = From(entry.Value);

        return plain;
    }

    private static Dictionary<string, object?> FromProperties(PSObject row)
    {
        var plain = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in row.Properties)
            plain[property.Name] = From(property.Value);

        return plain;
    }
}
