using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace PSBatchExports.Loader;

/// <summary>
/// Loads the assemblies in the core folder and leaves all others to the default context. Prefers precompiled (ReadyToRun)
/// assemblies, which a package has for some platforms in folders named by runtime identifier.
/// </summary>
internal sealed class CoreLoadContext(string folder) : AssemblyLoadContext("PSBatchExports")
{
    private readonly string _precompiled = Path.Combine(folder, Platform);

    private static string Platform
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

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
