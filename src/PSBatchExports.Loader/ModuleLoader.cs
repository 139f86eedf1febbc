using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace PSBatchExports.Loader;

/// <summary>
/// Runs before the cmdlets are loaded, as a nested module of the manifest. Loads the core assembly and its dependencies into a
/// context of their own, so that they do not conflict with the versions of other modules.
/// </summary>
public sealed class ModuleLoader : IModuleAssemblyInitializer
{
    private const string CoreName = "PSBatchExports.Core";
    private const string CmdletsFile = "PSBatchExports.dll";

    private static readonly object Gate = new();
    private static CoreLoadContext? Context;

    /// <inheritdoc />
    public void OnImport()
    {
        lock (Gate)
        {
            if (Context is not null)
                return;

            var folder = Path.GetDirectoryName(typeof(ModuleLoader).Assembly.Location)!;
            var context = new CoreLoadContext(Path.Combine(folder, "core"));
            Context = context;
            AssemblyLoadContext.Default.Resolving += ResolveCore;
            TypeNames.Register(context.LoadFromAssemblyName(new AssemblyName(CoreName)));

            // The engine then asks for the one that is for all platforms, and gets this: both are builds of the same module.
            Precompiled.Load(AssemblyLoadContext.Default, folder, CmdletsFile);
        }
    }

    private static Assembly? ResolveCore(AssemblyLoadContext context, AssemblyName name) =>
        name.Name == CoreName ? Context?.LoadFromAssemblyName(name) : null;
}
