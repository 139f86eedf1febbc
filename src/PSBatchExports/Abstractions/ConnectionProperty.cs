using System.Management.Automation;

namespace PSBatchExports.Abstractions;

/// <summary>
/// The hidden property of objects by which what is piped binds -Connection. The types file names it, which is read before Core can be: so its type is object.
/// </summary>
public static class ConnectionProperty
{
    /// <summary>The connection over which the service told of something; null once it is closed.</summary>
    /// <param name="instance">What it told of.</param>
    public static object? Of(PSObject instance) =>
        BatchExportConnection.Of(instance.BaseObject) is { IsOpen: true } connection ? connection : null;
}
