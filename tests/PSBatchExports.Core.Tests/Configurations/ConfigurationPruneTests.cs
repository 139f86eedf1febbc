using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Random projects, folders and scopes: nothing outside of a scope, and nothing that a file describes, is removed.</summary>
public sealed class ConfigurationPruneTests
{
    private static readonly int Folders = Environment.GetEnvironmentVariable("PSBATCHEXPORTS_LONG_TESTS") == "1" ? 2_000 : 40;

    private static readonly string[] Parts = ["prod", "stg", "-", "*", "[a]", "[", "?", " ", "é", ".", "a", "(replacement)"];

    private static readonly string[] Scopes = ["*", "prod*", "stg-*", "*-a", "p*d", "a", "*[*", "*?*", ""];

    [Fact]
    public async Task Nothing_is_removed_outside_of_the_scope()
    {
        var random = new Random(2026);
        await using var project = await ConfigurationProject.StartAsync();
        for (var folder = 0; folder < Folders; folder++)
        {
            foreach (var export in await project.Api.Exports.ListAsync().ToListAsync())
                await project.Api.Exports.DeleteAsync(export.Id!);

            foreach (var file in Directory.GetFiles(project.Folder.Path))
                File.Delete(file);

            var names = Enumerable.Range(0, 8).Select(_ => Name(random)).Distinct(StringComparer.Ordinal).ToArray();
            foreach (var name in names)
                project.Service.AddExport().Name = name;

            var described = names.Where(_ => random.Next(3) == 0).Append(Name(random)).Distinct(StringComparer.Ordinal).ToArray();
            for (var index = 0; index < described.Length; index++)
                project.Write(Described(described[index], names, random), $"{index}");

            if (random.Next(10) == 0)
                await File.WriteAllTextAsync(Path.Combine(project.Folder.Path, "broken.json"), "{");

            await PruneAsync(project, names, Scopes[random.Next(Scopes.Length)], $"folder {folder}");
        }
    }

    private static async Task PruneAsync(ConfigurationProject project, string[] names, string scope, string context)
    {
        var isBroken = File.Exists(Path.Combine(project.Folder.Path, "broken.json"));
        var result = await project.CompareAsync(isInScope: name => IsLike(name, scope));
        var files = Directory.GetFiles(project.Folder.Path).Where(file => !file.EndsWith("broken.json", StringComparison.Ordinal))
            .Select(file => JsonNode.Parse(File.ReadAllText(file))!).ToArray();
        var kept = files.SelectMany(file => KeptBy(file, names)).ToHashSet(StringComparer.Ordinal);
        var removals = result.Differences.Where(difference => difference.Change == ConfigurationChange.Remove).ToArray();
        Assert.True(!isBroken || removals.Length == 0, $"{context}: a broken folder removes.");
        foreach (var removal in removals)
        {
            Assert.True(IsLike(removal.Name, scope), $"{context}: '{removal.Name}' is outside of '{scope}'.");
            Assert.True(!files.Any(file => file["name"]!.GetValue<string>() == removal.Name), $"{context}: '{removal.Name}' has a file.");
            await project.Api.Configurations.ApplyAsync(removal).WithTimeout();
        }

        var left = (await project.Api.Exports.ListAsync().ToListAsync()).Select(export => export.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in names.Where(name => !IsLike(name, scope)))
            Assert.True(left.Contains(name), $"{context}: '{name}' is gone.");

        if (result.Failures.Count == 0)
            Assert.Equal(names.Where(name => IsLike(name, scope) && !kept.Contains(name)).Count(), removals.Length);
    }

    // A file keeps its own export; if that is not there, the one of its previous name.
    private static IEnumerable<string> KeptBy(JsonNode file, string[] names)
    {
        var name = file["name"]!.GetValue<string>();
        yield return name;
        yield return $"{name} (replacement)";
        yield return $"{name} (paused replacement)";
        if (!names.Contains(name) && !names.Contains($"{name} (replacement)") && file["previousName"] is { } previous)
            yield return previous.GetValue<string>();
    }

    private static JsonObject Described(string name, string[] names, Random random)
    {
        var file = new JsonObject
        {
            ["name"] = name,
            ["interval"] = "hour",
            ["destination"] = JsonNode.Parse("""{"type":"AwsS3","config":{"bucket_name":"b","region":"r","prefix":"p"}}"""),
        };
        if (random.Next(5) == 0)
            file["previousName"] = names[random.Next(names.Length)];

        return file;
    }

    private static string Name(Random random)
    {
        var name = string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Parts[random.Next(Parts.Length)])).Trim();
        return name.Length == 0 ? "a" : name;
    }

    // What the scope says, stated once more: * and ? only.
    private static bool IsLike(string name, string scope)
    {
        var pattern = Regex.Escape(scope).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal);
        return Regex.IsMatch(name, $"^{pattern}$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);
    }
}
