using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PSBatchExports.Module.Tests.Architecture;

/// <summary>The source files of a project, compiled in memory to find the dependencies between folders.</summary>
internal sealed class SourceTree
{
    private const string GlobalUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private readonly string _folder;
    private readonly CSharpCompilation _compilation;

    /// <param name="project">The project's folder, relative to the repository.</param>
    public SourceTree(string project)
    {
        _folder = Path.Combine(Repository.Root, project);
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var trees = Directory.EnumerateFiles(_folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => FolderOf(file).Split('/')[0] is not ("bin" or "obj"))
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), options, file))
            .Append(CSharpSyntaxTree.ParseText(GlobalUsings, options));
        _compilation = CSharpCompilation.Create(project, trees, References());
    }

    /// <summary>Folders with source files, relative to the project's and with slashes.</summary>
    public IEnumerable<string> Folders => Files.Select(tree => FolderOf(tree.FilePath)).Distinct();

    private IEnumerable<SyntaxTree> Files => _compilation.SyntaxTrees.Where(tree => tree.FilePath.Length > 0);

    /// <summary>Every use of a type by a file in another folder.</summary>
    public IEnumerable<Use> Uses()
    {
        foreach (var tree in Files)
        {
            var model = _compilation.GetSemanticModel(tree);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (TypeOf(model.GetSymbolInfo(name)) is { } type && FileOf(type) is { } file && FolderOf(file) != FolderOf(tree.FilePath))
                    yield return new Use(Path.GetRelativePath(_folder, tree.FilePath), FolderOf(tree.FilePath), FolderOf(file), type.Name);
            }
        }
    }

    private static INamedTypeSymbol? TypeOf(SymbolInfo info)
    {
        var symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        if (symbol is IMethodSymbol { ReducedFrom: { } extension })
            symbol = extension;

        return (symbol as INamedTypeSymbol ?? symbol?.ContainingType)?.OriginalDefinition;
    }

    private static string? FileOf(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath;

    private string FolderOf(string file) => Path.GetRelativePath(_folder, Path.GetDirectoryName(file)!).Replace('\\', '/');

    private static IEnumerable<MetadataReference> References()
    {
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var metadata = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>();
        var engine = metadata.Single(entry => entry.Key == "PowerShellReference").Value!;
        return platform
            .Where(file => Path.GetFileNameWithoutExtension(file) is not "PSBatchExports")
            .Append(engine)
            .Select(file => MetadataReference.CreateFromFile(file));
    }

    /// <summary>A use of a type.</summary>
    /// <param name="File">The file that uses it, relative to the project's folder.</param>
    /// <param name="From">The folder of that file.</param>
    /// <param name="To">The folder of the type.</param>
    /// <param name="Type">The type's name.</param>
    public sealed record Use(string File, string From, string To, string Type);
}
