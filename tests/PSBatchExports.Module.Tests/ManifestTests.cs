using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace PSBatchExports.Module.Tests;

public sealed partial class ManifestTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<string, ConfirmImpact> s_changesState = new(StringComparer.Ordinal)
    {
        ["New-BatchExport"] = ConfirmImpact.Medium,
        ["Set-BatchExport"] = ConfirmImpact.Medium,
        ["Remove-BatchExport"] = ConfirmImpact.High,
        ["Suspend-BatchExport"] = ConfirmImpact.Medium,
        ["Resume-BatchExport"] = ConfirmImpact.Medium,
        ["Test-BatchExport"] = ConfirmImpact.Low,
        ["Start-BatchExportRun"] = ConfirmImpact.Medium,
        ["Stop-BatchExportRun"] = ConfirmImpact.Medium,
        ["Restart-BatchExportRun"] = ConfirmImpact.Medium,
        ["Save-BatchExportFile"] = ConfirmImpact.Low,
        ["Start-BatchExportBackfill"] = ConfirmImpact.Medium,
        ["Stop-BatchExportBackfill"] = ConfirmImpact.Medium,
    };

    private static readonly string[] s_shippedAssemblies =
    [
        "PSBatchExports.Loader.dll",
        "PSBatchExports.dll",
        "core/PSBatchExports.Core.dll",
        "core/Polly.Core.dll",
    ];

    private static string Manifest => File.ReadAllText(Repository.PathTo("PSBatchExports.psd1"));

    [Fact]
    public void Manifest_exports_exactly_the_cmdlets_of_the_assembly() =>
        Assert.Equal(CmdletType.All.Select(cmdlet => cmdlet.Name), Exports("CmdletsToExport").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("FunctionsToExport")]
    [InlineData("VariablesToExport")]
    [InlineData("AliasesToExport")]
    public void Manifest_exports_nothing_else(string key) => Assert.Empty(Exports(key));

    [Fact]
    public void Files_that_the_manifest_names_exist()
    {
        foreach (Match file in NamedFile().Matches(Manifest))
            Assert.True(File.Exists(Repository.PathTo(file.Groups["text"].Value)), $"{file.Groups["text"].Value} is missing.");
    }

    [Fact]
    public void Assemblies_carry_the_version_of_the_manifest()
    {
        var version = Version.Parse(ModuleVersion().Match(Manifest).Groups["text"].Value);
        foreach (var assembly in s_shippedAssemblies.Where(name => !name.EndsWith("Polly.Core.dll", StringComparison.Ordinal)))
        {
            var built = AssemblyName.GetAssemblyName(Repository.PathTo("lib", assembly)).Version!;
            Assert.Equal(version, new Version(built.Major, built.Minor, built.Build));
        }
    }

    [Fact]
    public void Lib_holds_the_shipped_assemblies_and_no_other()
    {
        var lib = Repository.PathTo("lib");
        var found = Directory.EnumerateFiles(lib, "*.dll", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(lib, path).Replace('\\', '/'));
        Assert.Equal(s_shippedAssemblies.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Core_does_not_know_PowerShell() =>
        Assert.DoesNotContain(Assembly.Load("PSBatchExports.Core").GetReferencedAssemblies(), reference => reference.Name == "System.Management.Automation");

    [Theory]
    [InlineData("PSBatchExports.Core")]
    [InlineData("PSBatchExports")]
    public void Public_signatures_have_no_type_of_Polly(string assembly)
    {
        var found =
            from type in Assembly.Load(assembly).GetExportedTypes()
            from member in type.GetMembers(Declared)
            where IsVisible(member)
            from part in Signature(member).Append(type.BaseType).Concat(type.GetInterfaces())
            where part is not null && Parts(part).Any(named => named.Assembly.GetName().Name!.StartsWith("Polly", StringComparison.Ordinal))
            select $"{type}.{member.Name}";
        Assert.Empty(found);
    }

    [Fact]
    public void Cmdlets_are_sealed() =>
        Assert.Empty(CmdletType.All.Where(cmdlet => !cmdlet.Type.IsSealed).Select(cmdlet => cmdlet.Name));

    [Fact]
    public void Each_cmdlet_has_a_file_of_its_own()
    {
        var files = Directory.EnumerateFiles(Repository.PathTo("src", "PSBatchExports", "Commands"), "*.cs", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetFileNameWithoutExtension(path)!, File.ReadAllText, StringComparer.Ordinal);
        foreach (var cmdlet in CmdletType.All)
        {
            Assert.True(files.TryGetValue(cmdlet.Type.Name, out var text), $"{cmdlet.Type.Name}.cs is missing.");
            Assert.True(CmdletDeclaration().Count(text) == 1, $"{cmdlet.Type.Name}.cs declares more than one cmdlet.");
        }
    }

    [Fact]
    public void Cmdlets_that_change_state_ask_with_the_impact_they_have()
    {
        var wrong =
            from cmdlet in CmdletType.All
            let expected = s_changesState.TryGetValue(cmdlet.Name, out var impact) ? $"{impact}" : "none"
            let actual = cmdlet.SupportsShouldProcess ? $"{cmdlet.ConfirmImpact}" : "none"
            where expected != actual
            select $"{cmdlet.Name}: expected {expected}, is {actual}";
        Assert.Empty(wrong);
    }

    private static List<string> Exports(string key)
    {
        var list = Regex.Match(Manifest, $@"^\s*{key}\s*=\s*@\((?<list>[^)]*)\)", RegexOptions.Multiline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        Assert.True(list.Success, $"{key} is not a literal list.");
        return Quoted().Matches(list.Groups["list"].Value).Select(name => name.Groups["text"].Value).ToList();
    }

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        _ => false,
    };

    private static IEnumerable<Type?> Signature(MemberInfo member) => member switch
    {
        MethodInfo method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType).Concat(method.GetGenericArguments().SelectMany(argument => argument.GetGenericParameterConstraints())),
        ConstructorInfo constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType),
        FieldInfo field => [field.FieldType],
        _ => [],
    };

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
            return Parts(type.GetElementType()!);
        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type) : [type];
    }

    [GeneratedRegex("'(?<text>[^']+)'", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex("'(?<text>(?:lib|module)/[^']+)'", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NamedFile();

    [GeneratedRegex(@"ModuleVersion\s*=\s*'(?<text>[^']+)'", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ModuleVersion();

    [GeneratedRegex(@"^\s*\[Cmdlet\(", RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CmdletDeclaration();
}
