using System.Management.Automation;

namespace PSBatchExports.Cmdlets;

/// <summary>Paths of the file system as a cmdlet takes them: literal, and relative to PowerShell's current location.</summary>
internal static class LiteralPaths
{
    /// <summary>The full path; null if the path is not in the file system.</summary>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="path">The path; it need not exist.</param>
    public static string? Resolve(PSCmdlet cmdlet, string path)
    {
        try
        {
            var resolved = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem" ? resolved : null;
        }
        catch (Exception failure) when (failure
            is System.Management.Automation.DriveNotFoundException
            or ProviderNotFoundException
            or ProviderInvocationException)
        {
            return null;
        }
    }
}
