using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace PSBatchExports.Loader;

/// <summary>Precompiled (ReadyToRun) assemblies, which a package has for some platforms, in folders named by runtime identifier.</summary>
internal static class Precompiled
{
    private static string Platform
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    /// <summary>Loads an assembly as it is for this platform; null if there is none.</summary>
    /// <param name="context">The context to load it into.</param>
    /// <param name="folder">The folder of the assembly that is for all platforms.</param>
    /// <param name="file">The name of its file.</param>
    public static Assembly? Load(AssemblyLoadContext context, string folder, string file)
    {
        var path = Path.Combine(folder, Platform, file);
        try
        {
            return File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }
}
