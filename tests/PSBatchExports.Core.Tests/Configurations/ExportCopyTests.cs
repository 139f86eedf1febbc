using System.Text.Json.Nodes;
using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>Exports copied to another region, or within a project.</summary>
public sealed class ExportCopyTests
{
    private const string TargetKey = "phx_key_of_the_target";

    public static TheoryData<string> Types => [.. ConfigurationSamples.Types.Where(type => type != "HTTP")];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_copy_has_the_configuration_of_its_source(string type)
    {
        await using var source = await ConfigurationProject.StartAsync();
        await using var target = await StartTargetAsync();
        var samples = new ConfigurationSamples(seed: 9);
        foreach (var interval in ConfigurationSamples.Intervals)
        {
            var file = samples.Draw(type, interval, interval, source.Integrations);
            file.Remove("paused");
            source.Write(file);
        }

        await source.SyncAsync();
        var copies = await CopyAsync(source.Service, target);
        Assert.Equal(ConfigurationSamples.Intervals.Length, copies.Count);
        Assert.All(copies, copy => Assert.True(copy.Paused));
        Assert.All(copies, copy => Assert.Equal(target.Emulator.ApiOrigin.Authority, new Uri(copy.ApiHost!).Authority));
        Assert.Equal(await TextsAsync(source.Service), await TextsAsync(target));
    }

    [Fact]
    public async Task A_second_call_writes_nothing_and_returns_the_copies()
    {
        await using var source = await TestService.StartAsync();
        await using var target = await StartTargetAsync();
        source.AddExport();
        source.AddExport("Snowflake", 801, config: """{"database":"d","warehouse":"w","schema":"s"}""");
        var copies = await CopyAsync(source, target);
        await Api(target).Exports.ResumeAsync(copies[0].Id!);

        var before = target.Requests.Count;
        var again = await CopyAsync(source, target);
        Assert.Equal(copies.Select(copy => copy.Id), again.Select(copy => copy.Id));
        Assert.False(again[0].Paused);
        Assert.DoesNotContain(target.Requests.Skip(before), request => request.Method != "GET");
    }

    [Fact]
    public async Task A_copy_uses_the_integration_that_the_map_names()
    {
        await using var source = await TestService.StartAsync();
        await using var target = await StartTargetAsync();
        source.AddExport();
        var copy = Assert.Single(await CopyAsync(source, target, Map("export BUCKET key", "Export bucket role")));
        Assert.Equal(733, copy.Destination!.Integration);
    }

    [Fact]
    public async Task Credentials_of_copy_inputs_are_mapped_too()
    {
        await using var source = await TestService.StartAsync();
        await using var target = await StartTargetAsync();
        source.AddExport(
            "Redshift",
            640,
            config: """
                {"database":"d","mode":"COPY","copy_inputs":{"s3_bucket":"b","region_name":"r","authorization":731,"bucket_credentials":731}}
                """);
        await CopyAsync(source, target, Map("Export bucket key", "Export bucket role"));
        var inputs = Assert.Single(StoredExports(target)).Config["copy_inputs"]!;
        Assert.Equal("733", inputs["authorization"]!.ToString());
        Assert.Equal("733", inputs["bucket_credentials"]!.ToString());
    }

    [Fact]
    public async Task Everything_unresolved_is_said_before_anything_is_written()
    {
        await using var source = await TestService.StartAsync();
        await using var target = await StartTargetAsync();
        source.AddExport().Name = "fine";
        source.AddExport(
            "HTTP", integration: null, config: """{"url":"https://us.i.posthog.com/batch/","token":"phc_seeded"}""").Name = "http";
        source.AddExport(
            "Snowflake", integration: null, config: """{"database":"d","warehouse":"w","schema":"s","user":"u","password":"p"}""").Name = "inline";
        source.AddExport(
            "Redshift",
            640,
            config: """
                {"database":"d","mode":"COPY","copy_inputs":{"s3_bucket":"b","region_name":"r","authorization":"arn:aws:iam::1:role/r",
                "bucket_credentials":{"aws_access_key_id":"a","aws_secret_access_key":"s"}}}
                """).Name = "inputs";
        source.AddExport("AzureBlob", 966, config: """{"container_name":"c"}""").Name = "azure";
        source.AddExport("Newer", config: "{}").Name = "newer";
        StoredExport[] twice = [source.AddExport(), source.AddExport()];
        foreach (var export in twice)
            export.Name = "twice";

        source.AddExport().Name = " ";
        source.AddExport(integration: 4711).Name = "unlisted";

        var azure = (await Api(source).Integrations.GetAsync(966)).Name;
        var map = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [azure] = "gone", ["unused"] = "x" };
        var failure = await Assert.ThrowsAsync<ExportCopyException>(() => CopyAsync(source, target, map));
        Assert.Equal(ExportCopyFailure.Unresolved, failure.Reason);
        Assert.Equal(
            [
                "'azure': The project has no integration of kind azure-blob with the name 'gone'. Of that kind there are: ",
                "'http': The service does not return its token.",
                "'inline': It has no integration; the service does not return the credentials that it has instead.",
                "'inputs': The service does not return its copy_inputs.bucket_credentials.",
                "'newer': This version does not know its type of destination, 'Newer', and its secrets.",
                $"'twice' ({twice[1].Id}), 'twice' ({twice[0].Id}): Several copies would have the name 'twice'.",
                "'unlisted': Its project does not list its integration 4711.",
            ],
            failure.Problems.Where(problem => problem.StartsWith('\'') && !problem.StartsWith("''", StringComparison.Ordinal))
                .Select(problem => problem.Split(azure)[0].TrimEnd('\''))
                .Order(StringComparer.Ordinal));
        Assert.Contains("The map names the integration 'unused', which none of the exports uses.", failure.Problems);
        Assert.Contains(failure.Problems, problem => problem.EndsWith("The copy would have no name.", StringComparison.Ordinal));
        Assert.Equal(9, failure.Problems.Count);
        Assert.DoesNotContain(target.Requests, request => request.Method != "GET");
    }

    [Fact]
    public async Task An_ambiguous_integration_is_unresolved()
    {
        await using var source = await TestService.StartAsync();
        await using var target = await StartTargetAsync();
        source.AddExport();
        var state = target.Emulator.State;
        state.AddIntegration(state.Integrations.First(integration => integration.Id == 731) with { Id = 5000 });
        var failure = await Assert.ThrowsAsync<ExportCopyException>(() => CopyAsync(source, target));
        Assert.Contains("has 2 integrations of kind aws-s3 with the name 'Export bucket key'", failure.Message);
    }

    [Fact]
    public async Task A_different_export_of_the_same_name_is_a_conflict_and_the_others_are_copied()
    {
        await using var source = await TestService.StartAsync();
        await using var target = await StartTargetAsync();
        source.AddExport().Name = "taken";
        source.AddExport().Name = "free";
        source.AddExport().Name = "ambiguous";
        target.AddExport(interval: "day", config: """{"bucket_name":"b","region":"r","prefix":"q"}""").Name = "taken";
        target.AddExport().Name = "ambiguous";
        target.AddExport().Name = "ambiguous";

        var plan = await PlanAsync(source, target);
        var conflicts = plan.Copies
            .Where(copy => copy.Conflict is not null)
            .ToDictionary(copy => copy.Name, copy => copy.Conflict!.Message);
        Assert.Equal(["ambiguous", "taken"], conflicts.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("differs in interval, destination.config.prefix.", conflicts["taken"]);
        Assert.Contains("2 exports of the target project have the name", conflicts["ambiguous"]);
        foreach (var copy in plan.Copies.Where(copy => copy.Conflict is not null))
            await Assert.ThrowsAsync<ExportCopyException>(() => plan.CopyAsync(copy));

        var made = await plan.CopyAsync(plan.Copies.Single(copy => copy.Conflict is null));
        Assert.Equal("free", made.Name);
        Assert.Single(target.Requests, request => request.Method != "GET");
    }

    [Fact]
    public async Task A_copy_within_a_project_needs_another_name()
    {
        await using var service = await TestService.StartAsync();
        service.AddExport().Name = "nightly";
        var export = Assert.Single(await ExportsAsync(service));
        var current = service.Client.Project("current");
        var integrations = await current.Copies.ReadIntegrationsAsync();
        var failure = await Assert.ThrowsAsync<ExportCopyException>(
            () => current.Copies.PlanAsync([new ExportCopySource(export, integrations)]));
        Assert.Contains("'nightly': It is in the project already", failure.Message);

        var plan = await current.Copies.PlanAsync([new ExportCopySource(export, integrations, "nightly 2")]);
        var copy = await plan.CopyAsync(Assert.Single(plan.Copies));
        Assert.Equal("nightly 2", copy.Name);
        Assert.True(plan.Copies[0].HasPlaceOfSource);
    }

    [Theory]
    [InlineData("AwsS3", 731, """{"bucket_name":"b","region":"r","prefix":"p"}""", "Export bucket key", "Export bucket role", true)]
    [InlineData("Snowflake", 801, """{"database":"d","warehouse":"w","schema":"s"}""", "Warehouse loader", "Warehouse loader", true)]
    [InlineData("Snowflake", 801, """{"database":"d","warehouse":"w","schema":"s"}""", "Warehouse loader", "Warehouse loader key", false)]
    public async Task A_copy_has_the_place_of_its_source_if_the_account_is_the_same(
        string type, int integration, string config, string from, string to, bool expected)
    {
        await using var source = await TestService.StartAsync();
        await using var target = await StartTargetAsync();
        source.AddExport(type, integration, config: config);
        var plan = await PlanAsync(source, target, Map(from, to));
        Assert.Equal(expected, Assert.Single(plan.Copies).HasPlaceOfSource);
    }

    [Fact]
    public async Task No_key_is_sent_to_the_other_origin()
    {
        await using var source = await TestService.StartAsync();
        await using var target = await StartTargetAsync();
        source.AddExport();
        await CopyAsync(source, target);
        Assert.All(source.Requests, request => Assert.Equal($"Bearer {source.Emulator.ApiKey}", request.Headers["Authorization"]));
        Assert.All(target.Requests, request => Assert.Equal($"Bearer {TargetKey}", request.Headers["Authorization"]));
        Assert.All(source.Requests, request => Assert.Equal("GET", request.Method));
    }

    internal static Task<TestService> StartTargetAsync() => TestService.StartAsync(options => options with { ApiKey = TargetKey });

    internal static async Task<IReadOnlyList<BatchExport>> CopyAsync(
        TestService source, TestService target, IReadOnlyDictionary<string, string>? map = null)
    {
        var plan = await PlanAsync(source, target, map);
        var copies = new List<BatchExport>();
        foreach (var copy in plan.Copies)
            copies.Add(await plan.CopyAsync(copy).WithTimeout());

        return copies;
    }

    internal static async Task<ExportCopyPlan> PlanAsync(
        TestService source, TestService target, IReadOnlyDictionary<string, string>? map = null)
    {
        var integrations = await Api(source).Copies.ReadIntegrationsAsync().WithTimeout();
        var exports = await ExportsAsync(source);
        var sources = exports.Select(export => new ExportCopySource(export, integrations));
        return await Api(target).Copies.PlanAsync([.. sources], map).WithTimeout();
    }

    internal static IEnumerable<StoredExport> StoredExports(TestService service) =>
        service.Emulator.State.Exports.Where(export => export.ProjectId == service.Emulator.Options.ProjectId);

    private static Dictionary<string, string> Map(string from, string to) => new(StringComparer.OrdinalIgnoreCase) { [from] = to };

    private static ScopedClient Api(TestService service) => service.Client.In(service.Project);

    private static async Task<List<BatchExport>> ExportsAsync(TestService service) => await Api(service).Exports.ListAsync().ToListAsync();

    // The files, without their pauses: every copy is paused.
    private static async Task<List<string>> TextsAsync(TestService service)
    {
        var texts = new List<string>();
        foreach (var export in (await ExportsAsync(service)).OrderBy(export => export.Name, StringComparer.Ordinal))
        {
            var file = JsonNode.Parse((await Api(service).Configurations.ToFileAsync(export)).TextWith("schema.json"))!.AsObject();
            file.Remove("paused");
            texts.Add(file.ToJsonString());
        }

        return texts;
    }
}
