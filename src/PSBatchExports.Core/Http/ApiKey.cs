using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Security;

namespace PSBatchExports.Http;

/// <summary>The API key, encrypted in memory where the platform can; revealed for one header at a time.</summary>
internal sealed class ApiKey : IDisposable
{
    private readonly SecureString _key;

    /// <exception cref="ArgumentException">The text cannot be a key.</exception>
    public ApiKey(SecureString key)
    {
        _key = key.Copy();
        TrimLineBreak();
        _key.MakeReadOnly();
        var text = Reveal();
        if (text.Length == 0)
            throw new ArgumentException("The API key is empty.");

        if (text.Any(character => character is <= ' ' or >= '\x7f'))
        {
            throw new ArgumentException(
                "The API key contains spaces, line breaks or other characters that no key has. Check how it was read.");
        }

        if (text.StartsWith("phc_", StringComparison.Ordinal))
        {
            throw new ArgumentException(
                "This is a project token (phc_...), which this API does not accept. "
                + "Make a personal API key (phx_...) with the scope batch_export:read or batch_export:write.");
        }
    }

    // Files and secret stores often end in a line break.
    private void TrimLineBreak()
    {
        while (_key.Length > 0 && Reveal()[^1] is '\r' or '\n')
            _key.RemoveAt(_key.Length - 1);
    }

    public AuthenticationHeaderValue ToHeader() => new("Bearer", Reveal());

    /// <summary>The key; null once it has been disposed of.</summary>
    public string? TryReveal()
    {
        try
        {
            return Reveal();
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>A number that tells keys apart in this process, and says nothing about them.</summary>
    public int Fingerprint() => Reveal().GetHashCode(StringComparison.Ordinal);

    public void Dispose() => _key.Dispose();

    private string Reveal()
    {
        var pointer = Marshal.SecureStringToGlobalAllocUnicode(_key);
        try
        {
            return Marshal.PtrToStringUni(pointer, _key.Length);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(pointer);
        }
    }
}
