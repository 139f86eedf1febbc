using System.Reflection;
using System.Runtime.Loader;

namespace PSBatchExports.Loader;

/// <summary>Loads what lies in the core folder from there, and leaves everything else to the default context.</summary>
internal sealed class CoreLoadContext(string folder) : AssemblyLoadContext("PSBatchExports")
{
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
