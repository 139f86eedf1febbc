using System.Reflection;
using System.Runtime.Loader;

namespace PSBatchExports.Loader;

/// <summary>Loads the assemblies in the core folder, precompiled if possible, and leaves all others to the default context.</summary>
internal sealed class CoreLoadContext(string folder) : AssemblyLoadContext("PSBatchExports")
{
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var file = assemblyName.Name + ".dll";
        var path = Path.Combine(folder, file);
        return Precompiled.Load(this, folder, file) ?? (File.Exists(path) ? LoadFromAssemblyPath(path) : null);
    }
}
