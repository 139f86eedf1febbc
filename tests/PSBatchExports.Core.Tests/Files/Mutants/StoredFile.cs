using System.Security.Cryptography;

namespace PSBatchExports.Core.Tests;

/// <summary>A file at a storage.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Rows">The number of rows that it should have.</param>
/// <param name="Tag">The entity tag that the storage answers with.</param>
internal sealed record StoredFile(string Name, byte[] Content, long Rows, string Tag)
{
    public static StoredFile Of(string name, byte[] content, long rows) => new(name, content, rows, TagOf(content));

#pragma warning disable CA5351 // What the storage uses.
    /// <summary>The entity tag of an object that was uploaded in one part.</summary>
    public static string TagOf(byte[] content) => $"\"{Convert.ToHexString(MD5.HashData(MD5.HashData(content))).ToLowerInvariant()}-1\"";
#pragma warning restore CA5351
}
