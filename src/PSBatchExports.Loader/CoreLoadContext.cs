using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace PSBatchExports.Loader;

/// <summary>
/// Loads what lies in the core folder from there, and leaves everything else to the default context. A package also holds it compiled for some
/// platforms, in folders named by their runtime identifiers, from which it runs at once; a platform without one compiles at first use.
/// </summary>
internal sealed class CoreLoadContext(string folder) : AssemblyLoadContext("PSBatchExports")
{
    private readonly string _precompiled = Path.Combine(folder, Platform);

    private static string Platform => $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var file = assemblyName.Name + ".dll";
        return LoadPrecompiled(Path.Combine(_precompiled, file)) ?? LoadExisting(Path.Combine(folder, file));
    }

    private Assembly? LoadPrecompiled(string path)
    {
        try
        {
            return LoadExisting(path);
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }

    private Assembly? LoadExisting(string path) => File.Exists(path) ? LoadFromAssemblyPath(path) : null;
}
