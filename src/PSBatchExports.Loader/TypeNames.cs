using System.Management.Automation;
using System.Reflection;

namespace PSBatchExports.Loader;

/// <summary>
/// Registers the core's public types as type accelerators, so that [PSBatchExports.BatchExport] resolves: the engine does not
/// search other load contexts. They stay when the module is removed, because other runspaces may use them.
/// </summary>
internal static class TypeNames
{
    public static void Register(Assembly core)
    {
        var accelerators = typeof(PSObject).Assembly.GetType("System.Management.Automation.TypeAccelerators");
        var add = accelerators?.GetMethod("Add", [typeof(string), typeof(Type)])?.CreateDelegate<Action<string, Type>>();
        if (add is null || accelerators?.GetProperty("Get")?.GetValue(null) is not IDictionary<string, Type> known)
            return;

        foreach (var type in core.GetExportedTypes())
        {
            if (type.FullName is { } name && !type.IsGenericTypeDefinition && !known.ContainsKey(name))
                add(name, type);
        }
    }
}
