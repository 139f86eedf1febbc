using System.Management.Automation;

namespace PSBatchExports.Cmdlets;

/// <summary>Turns PowerShell's paths into those of the file system.</summary>
internal static class FileSystemPath
{
    /// <summary>The full path of a file or folder, which need not exist; null if the path is not in the file system.</summary>
    public static string? FileSystemPathOf(this PSCmdlet cmdlet, string path)
    {
        try
        {
            var full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem" ? full : null;
        }
        catch (Exception failure) when (failure
            is System.Management.Automation.DriveNotFoundException
            or ProviderNotFoundException
            or ProviderInvocationException)
        {
            return null;
        }
    }

    /// <summary>A file as Get-ChildItem outputs it, so that it is shown, and binds in a pipeline, as those do.</summary>
    public static PSObject FileItemOf(this PSCmdlet cmdlet, string file) =>
        cmdlet.InvokeProvider.Item.Get([$@"Microsoft.PowerShell.Core\FileSystem::{file}"], force: true, literalPath: true)[0];

    /// <summary>
    /// The full paths of the existing files and folders that a path names: that one, else those that match it as a pattern.
    /// </summary>
    public static IReadOnlyList<string> ExistingPathsOf(this PSCmdlet cmdlet, string path)
    {
        if (cmdlet.FileSystemPathOf(path) is { } full && System.IO.Path.Exists(full))
            return [full];

        if (!WildcardPattern.ContainsWildcardCharacters(path))
            return [];

        try
        {
            var found = cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out var provider);
            return provider.Name == "FileSystem" ? found : [];
        }
        catch (Exception failure) when (failure is ItemNotFoundException or SessionStateException or ProviderInvocationException)
        {
            return [];
        }
    }
}
