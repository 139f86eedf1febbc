using System.Management.Automation;
using PSBatchExports.Session;

namespace PSBatchExports.Parameters;

/// <summary>The connection that an input object brings with it.</summary>
internal static class ObjectOrigin
{
    /// <summary>The open connection that an object goes back to; null if it has none.</summary>
    /// <param name="item">The object.</param>
    /// <exception cref="ArgumentTransformationMetadataException">
    /// Its connection is closed, and the default one is to another host, where its id or project may be something else.
    /// </exception>
    public static BatchExportConnection? Of(object? item)
    {
        var origin = Connections.OriginOf(item);
        return origin is null or { IsOpen: true }
            ? origin
            : throw new ArgumentTransformationMetadataException(
                $"'{DisplayText.Clean(item!.ToString())}' is from {origin.ApiHost.GetLeftPart(UriPartial.Authority)}, "
                + "and the connection to it has been closed. Connect to it again, or give -Connection.");
    }
}
