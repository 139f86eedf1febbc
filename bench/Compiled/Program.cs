using System.Globalization;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

// Prints the methods that a traced process compiled, a line each: assembly, kind, method. Hot methods that it compiled again are left out.
if (args is not [var trace])
{
    Console.Error.WriteLine("usage: PSBatchExports.Compiled <file.nettrace>");
    return 2;
}

var assemblies = new Dictionary<long, string>();
var methods = new Dictionary<(long Id, long Module), (string Kind, string Name)>();
using var source = new EventPipeEventSource(trace);
source.Clr.LoaderModuleLoad += module => assemblies[module.ModuleID] = Path.GetFileNameWithoutExtension(module.ModuleILPath);
source.Clr.MethodLoadVerbose += method =>
{
    if (IsFirstCode(method.OptimizationTier) && method.IsJitted)
    {
        var kind = method.IsDynamic ? "dynamic" : method.IsGeneric ? "generic" : "plain";
        var name = $"{method.MethodNamespace}.{method.MethodName} {method.MethodSignature}";
        methods.TryAdd((method.MethodID, method.ModuleID), (kind, name));
    }
};
source.Process();

foreach (var ((_, module), (kind, name)) in methods)
{
    var assembly = assemblies.GetValueOrDefault(module) ?? module.ToString("x", CultureInfo.InvariantCulture);
    Console.WriteLine($"{assembly}\t{kind}\t{name.ReplaceLineEndings(" ")}");
}

return 0;

static bool IsFirstCode(OptimizationTier tier) =>
    tier is not (OptimizationTier.OptimizedTier1 or OptimizationTier.OptimizedTier1OSR
        or OptimizationTier.QuickJittedInstrumented or OptimizationTier.OptimizedTier1Instrumented
        or OptimizationTier.ReadyToRun or OptimizationTier.PreJIT);
