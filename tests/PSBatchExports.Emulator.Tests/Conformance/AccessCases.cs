using System.Text;
using System.Text.Json.Nodes;
using static PSBatchExports.Emulator.Tests.TestServer;

namespace PSBatchExports.Emulator.Tests.Conformance;

/// <summary>Keys, projects, organizations, routing, rate limits, and errors of the platform.</summary>
internal static class AccessCases
{
    public static IEnumerable<ConformanceCase> All =>
    [
        new("unauthenticated.401", s => s.GetAsync(Exports, key: null)),
        new("unauthenticated.401.http", s => s.GetAsync(Exports, key: null)),
        new("invalid-key.401", s => s.GetAsync(Exports, "phx_wrong")),
        new("missing-scope-read.403", s => s.GetAsync(Exports, WellKnown.UnrelatedScopeKey)),
        new("missing-scope-write.403", s => s.PostAsync(Exports, new JsonObject(), WellKnown.ReadOnlyKey)),
        new("scoped-project.403", s => s.GetAsync(Exports, WellKnown.OtherProjectKey)),
        new("scoped-organization.403", s => s.GetAsync(Exports, WellKnown.OtherOrganizationKey)),
        new("scoped-project-on-organization-path.403", s => s.GetAsync(OrganizationLevel + "/batch_exports/", WellKnown.ThisProjectKey)),
        new("keys-disallowed.403", s =>
        {
            var organization = new Organization(Guid.NewGuid(), "Acme", AllowsKeys: false);
            s.State.AddOrganization(organization);
            s.State.AddProject(new Project(777, organization.Id));
            return s.GetAsync("/api/projects/777/batch_exports/");
        }),
        new("not-a-member.403", s => s.GetAsync(Exports, WellKnown.StrangerKey)),
        new("org-not-a-member.403", s => s.GetAsync(OrganizationLevel + "/batch_exports/", WellKnown.StrangerKey)),
        new("project-not-found.404", s => s.GetAsync("/api/projects/99/batch_exports/")),
        new("organization-not-found.404", s => s.GetAsync("/api/organizations/none/batch_exports/")),
        new("endpoint-not-found.404", s => s.GetAsync(OrganizationLevel + "/batch_exports/"))
        {
            Options = o => o with { StrictNewest = true },
        },
        new("method-not-allowed.405", s => s.SendAsync(HttpMethod.Delete, Exports)),
        new("not-acceptable.406", s => s.SendAsync(HttpMethod.Get, Exports, change: r => r.Headers.Add("Accept", "text/csv"))),
        new("unsupported-media-type.415", s => s.SendAsync(HttpMethod.Post, Exports, change: r =>
        {
            r.Content = new ByteArrayContent("name=x"u8.ToArray());
            r.Content.Headers.Add("Content-Type", "text/plain");
        })),
        new("parse-error.400", s => s.SendAsync(HttpMethod.Post, Exports, change: r =>
            r.Content = new StringContent("nope", Encoding.UTF8, "application/json"))),
        new("throttled.429", ThrottledAsync) { Options = RateLimited },
        new("throttled.429.http", ThrottledAsync) { Options = RateLimited },
        new("environments-deprecation.200.http", async s =>
        {
            var id = await s.StartRunAsync();
            s.Clock.Advance(RunDuration / 2);
            return await s.GetAsync($"/api/environments/12345/file_download_batch_exports/{id}/");
        }),
        new("server-error.500", s =>
        {
            var export = s.AddExport("create-batch-export.201");
            return s.SendAsync(HttpMethod.Patch, $"{Exports}{export.Id}/", new JsonObject { ["offset_hour"] = 3 });
        }),
        FromPlatform("server-error.500.with-event-id"),
        FromPlatform("database-unavailable.503.http"),
        FromPlatform("bad-gateway.502.http"),
    ];

    private static EmulatorOptions RateLimited(EmulatorOptions options) => options with { RateLimiting = true, RequestsPerMinute = 1 };

    private static async Task<HttpResponseMessage> ThrottledAsync(TestServer server)
    {
        (await server.GetAsync(Exports)).Dispose();
        server.Clock.Advance(TimeSpan.FromSeconds(23.5));
        return await server.GetAsync(Exports);
    }

    /// <summary>A response of the platform in front of the service, which a fault returns.</summary>
    private static ConformanceCase FromPlatform(string name) => new(name, s =>
    {
        var fixture = Fixture.Read(name);
        s.Host.Faults.Add(new Fault
        {
            Status = fixture.Status,
            ContentType = fixture.Headers["Content-Type"],
            Headers = fixture.Headers.Where(h => h.Key != "Content-Type").ToDictionary(),
            Body = fixture.Body is JsonValue text ? text.GetValue<string>() : fixture.Body!.ToJsonString(),
        });
        return s.GetAsync(Exports);
    });
}
