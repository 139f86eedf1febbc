using PSBatchExports.Emulator;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class ErrorTests
{
    private const string Id = "0199a6c2-4f1e-0000-5b7d-8c2f6e1a9d30";

    public static TheoryData<string> ErrorsOfTheService() =>
        new(Fixture.Names.Where(name => Fixture.StatusOf(name) >= 400 && !name.StartsWith("s3-object", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(ErrorsOfTheService))]
    public async Task Every_recorded_error_becomes_its_exception(string fixture)
    {
        var answer = Fixture.AsAnswer(fixture);

        var failure = await FailureOf(answer);

        var body = Fixture.BodyOf(fixture);
        Assert.Equal(ExpectedType(answer.Status!.Value, hasBody: body is not null, body?["code"]?.GetValue<string>()), failure.GetType());
        Assert.Equal(answer.Status, failure.Request.StatusCode);
        Assert.Equal(body?["code"]?.GetValue<string>(), failure.Request.Code);
        Assert.Equal(body?["detail"]?.GetValue<string>(), failure.Detail);
        Assert.Equal(body?["attr"]?.GetValue<string>(), failure.Attribute);
        Assert.Equal(("GET", $"/api/projects/12345/batch_exports/{Id}/"), (failure.Request.Method, failure.Request.Path));
        Assert.Contains((failure.Detail ?? failure.Message).TrimEnd('.'), failure.Message, StringComparison.Ordinal);
        Assert.NotEmpty(failure.Message);
    }

    [Theory]
    [InlineData("missing-scope-read.403", "batch_export:read")]
    [InlineData("missing-scope-write.403", "batch_export:write")]
    [InlineData("logs.403.older-server", null)]
    [InlineData("scoped-project.403", null)]
    public async Task A_missing_scope_is_named(string fixture, string? scope)
    {
        Assert.Equal(scope, Assert.IsType<PermissionDeniedException>(await FailureOf(Fixture.AsAnswer(fixture))).MissingScope);
    }

    [Theory]
    [InlineData("not-found.404", MissingThing.Item)]
    [InlineData("project-not-found.404", MissingThing.Project)]
    [InlineData("organization-not-found.404", MissingThing.Organization)]
    [InlineData("endpoint-not-found.404", MissingThing.Endpoint)]
    public async Task A_404_says_what_was_not_found(string fixture, MissingThing missing)
    {
        Assert.Equal(missing, Assert.IsType<NotFoundException>(await FailureOf(Fixture.AsAnswer(fixture))).Missing);
    }

    [Theory]
    [InlineData(400, typeof(UnexpectedResponseException))]
    [InlineData(401, typeof(UnexpectedResponseException))]
    [InlineData(403, typeof(UnexpectedResponseException))]
    [InlineData(404, typeof(UnexpectedResponseException))]
    [InlineData(405, typeof(UnexpectedResponseException))]
    [InlineData(410, typeof(UnexpectedResponseException))]
    [InlineData(413, typeof(UnexpectedResponseException))]
    [InlineData(408, typeof(ServerFailedException))]
    [InlineData(429, typeof(ThrottledException))]
    [InlineData(502, typeof(ServerFailedException))]
    [InlineData(599, typeof(ServerFailedException))]
    public async Task A_body_that_is_not_from_the_service_keeps_the_status_and_has_no_detail(int status, Type type)
    {
        (string Body, string ContentType)[] responses =
        [
            ("<html>\u001b[2J</html>", "text/html"),
            ("no route", "text/plain"),
            ("", "application/json"),
            ("[1]", "application/json"),
            ("\"no\"", "application/json"),
            ("{\"code\": 5}", "application/json"),
            ("{\"message\": \"Not found\"}", "application/json"),
        ];
        foreach (var (body, contentType) in responses)
        {
            var failure = await FailureOf(new Fault { Status = status, Body = body, ContentType = contentType });

            Assert.Equal(type, failure.GetType());
            Assert.Null(failure.Detail);
            Assert.Contains(status.ToString(System.Globalization.CultureInfo.InvariantCulture), failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(failure.Message, char.IsControl);
        }
    }

    [Theory]
    [InlineData("""{"detail": "Not Found"}""")]
    [InlineData("""{"type": "about:blank", "title": "Not Found", "status": 404, "detail": "Not Found"}""")]
    [InlineData("""{"type": "https://errors.example/not-found", "detail": "Not Found"}""")]
    [InlineData("""{"type": "", "detail": "Not Found"}""")]
    [InlineData("""{"type": "invalid_request", "code": "not_found"}""")]
    public async Task A_404_with_JSON_of_another_server_is_not_NotFound(string body)
    {
        foreach (var status in new[] { 404, 410 })
        {
            var failure = Assert.IsType<UnexpectedResponseException>(await FailureOf(new Fault { Status = status, Body = body }));

            Assert.Contains("127.0.0.1", failure.Message, StringComparison.Ordinal);
            Assert.Contains("(application/json)", failure.Message, StringComparison.Ordinal);
            Assert.Contains("load balancer", failure.Message, StringComparison.Ordinal);
            Assert.Equal(
                body.Contains("Not Found", StringComparison.Ordinal),
                failure.Message.EndsWith("It said: Not Found", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_unknown_error_type_is_accepted_as_the_services()
    {
        const string body = """{"type": "gone_error", "code": "x", "detail": "Gone."}""";
        Assert.IsType<NotFoundException>(await FailureOf(new Fault { Status = 410, Body = body }));
    }

    [Fact]
    public async Task A_very_long_error_is_cut()
    {
        var body = $$"""{"type": "validation_error", "detail": "{{new string('x', 50_000)}}"}""";
        var failure = await FailureOf(new Fault { Status = 400, Body = body });

        Assert.InRange(failure.Message.Length, 1000, 4000);
    }

    [Fact]
    public async Task Control_characters_of_the_server_do_not_reach_the_terminal()
    {
        const string harmful = @"red \u001b[31m bell \u0007 nul \u0000 csi \u009b rtl \u202e isolate \u2066 return \r tab \t";

        const string body = $$"""{"type": "validation_error", "detail": "{{harmful}}", "code": "{{harmful}}", "attr": "{{harmful}}"}""";
        var failure = await FailureOf(new Fault { Status = 400, Body = body });

        foreach (var text in new[] { failure.Message, failure.Detail, failure.Attribute, failure.Request.Code })
            Assert.DoesNotContain(text!, character => char.IsControl(character) || character is '\u202e' or '\u2066');
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirects_are_not_followed_and_their_target_gets_nothing(int status)
    {
        await using var service = await TestService.StartAsync();
        var target = new Uri(service.Emulator.StorageOrigin, "/somewhere?secret=1");
        service.Break(new Fault
        {
            Status = status,
            Headers = new Dictionary<string, string> { ["Location"] = target.ToString() },
            Times = 2,
        });

        var exports = service.Client.In(service.Project).Exports;
        foreach (var call in new[] { exports.GetAsync(Id), exports.PauseAsync(Id) })
        {
            var failure = Assert.IsType<UnexpectedResponseException>(await call.Failure());
            Assert.Contains(service.Emulator.StorageOrigin.Authority, failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(service.StorageRequests);
    }

    [Fact]
    public async Task A_create_says_when_it_may_have_taken_effect()
    {
        await using var service = await TestService.StartAsync();
        service.Emulator.State.FailToStart = true;

        var start = service.Client.In(service.Project).OnDemandRuns.StartAsync(Calls.NewRun(service.Clock.GetUtcNow()));

        Assert.True(Assert.IsType<ServerFailedException>(await start.Failure()).MayHaveTakenEffect);
        Assert.Single(service.Emulator.State.OnDemandRuns);
    }

    private static async Task<BatchExportException> FailureOf(Fault answer)
    {
        await using var service = await TestService.StartAsync();
        service.Break(answer);
        return (await service.Client.In(service.Project).Exports.GetAsync(Id).Failure())!;
    }

    private static Type ExpectedType(int status, bool hasBody, string? code) => (status, code) switch
    {
        (400 or 404, _) when !hasBody => typeof(UnexpectedResponseException),
        (401, _) => typeof(AuthenticationFailedException),
        (403, _) => typeof(PermissionDeniedException),
        (404, _) => typeof(NotFoundException),
        (429, "throttled") => typeof(ThrottledException),
        (429, _) => typeof(ConcurrencyLimitException),
        ( >= 500, _) => typeof(ServerFailedException),
        _ => typeof(InvalidRequestException),
    };
}
