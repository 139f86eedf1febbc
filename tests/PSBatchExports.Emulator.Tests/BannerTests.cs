using PSBatchExports.Emulator.CommandLine;
using Xunit;

namespace PSBatchExports.Emulator.Tests;

/// <summary>The text that the program prints at its start. A Pester suite executes its commands.</summary>
public class BannerTests
{
    [Fact]
    public async Task Installed_emulator_imports_the_module_by_name()
    {
        var lines = await ReadableAsync(clone: null);

        Assert.Contains("  Import-Module PSBatchExports", lines);
        Assert.DoesNotContain(lines, line => line.Contains("build", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Clone_imports_its_own_manifest_and_builds_the_module_if_needed()
    {
        using var folder = new TestFolder();
        var clone = new Clone(Path.Combine(folder.Path, "ana's"));
        var quotedRoot = Path.Combine(folder.Path, "ana''s");
        var build = $"  dotnet build '{Path.Combine(quotedRoot, "src", "PSBatchExports")}'";
        var import = $"  Import-Module '{Path.Combine(quotedRoot, "PSBatchExports.psd1")}'";

        var before = await ReadableAsync(clone);
        Assert.Equal(Array.IndexOf(before, build) + 1, Array.IndexOf(before, import));
        Assert.Contains(build, before);

        Directory.CreateDirectory(Path.Combine(clone.Root, "lib"));
        await File.WriteAllTextAsync(Path.Combine(clone.Root, "lib", "PSBatchExports.dll"), "");
        var after = await ReadableAsync(clone);
        Assert.Contains(import, after);
        Assert.DoesNotContain(build, after);
    }

    [Fact]
    public async Task Key_is_quoted_for_PowerShell()
    {
        await using var host = await EmulatorHost.StartAsync(new EmulatorOptions { ApiKey = "it's $me" });

        Assert.Contains("$env:POSTHOG_PERSONAL_API_KEY = 'it''s $me'", Banner.Readable(host, clone: null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("src/PSBatchExports.Emulator/bin/Debug/net8.0", true)]
    [InlineData("src/PSBatchExports.Emulator", true)]
    [InlineData("tools/.store/psbatchexports.emulator/0.1.0/psbatchexports.emulator/0.1.0/tools/net8.0/any", false)]
    [InlineData("PSBatchExports.Emulator/bin", false)]
    public void Clone_is_found_only_for_a_program_below_its_source_folder(string program, bool isOfClone)
    {
        using var folder = new TestFolder();
        File.WriteAllText(Path.Combine(folder.Path, "PSBatchExports.psd1"), "");

        Assert.Equal(isOfClone ? folder.Path : null, Clone.Containing(Path.Combine(folder.Path, program))?.Root);
    }

    private static async Task<string[]> ReadableAsync(Clone? clone)
    {
        await using var host = await EmulatorHost.StartAsync();
        return Banner.Readable(host, clone).Split('\n');
    }
}
