using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace PSBatchExports.Loader;

/// <summary>
/// Runs before the cmdlets are looked at (it is a nested module of the manifest): sees to it that the core assembly, and with it
/// its dependencies, load into a context of their own, whatever versions other modules bring.
/// </summary>
public sealed class ModuleLoader : IModuleAssemblyInitializer
{
    private const string CoreName = "PSBatchExports.Core";
    private static readonly object Gate = new();
    private static CoreLoadContext? s_context;

    /// <inheritdoc />
    public void OnImport()
    {
        lock (Gate)
        {
            if (s_context is not null)
                return;

            var context = new CoreLoadContext(Path.Combine(Path.GetDirectoryName(typeof(ModuleLoader).Assembly.Location)!, "core"));
            AssemblyLoadContext.Default.Resolving += (_, name) => name.Name == CoreName ? context.LoadFromAssemblyName(name) : null;
            s_context = context;
            TypeNames.Register(context.LoadFromAssemblyName(new AssemblyName(CoreName)));
        }
    }
}
