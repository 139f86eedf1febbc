using Xunit;

namespace PSBatchExports.Core.Tests;

public class OptionsTests
{
    [Theory]
    [InlineData("ftp://us.posthog.com", "http or https")]
    [InlineData("https://us.posthog.com/api", "origin")]
    [InlineData("https://us.posthog.com/?a=b", "origin")]
    [InlineData("https://user:secret@us.posthog.com", "password")]
    [InlineData("https://eu.i.posthog.com", "https://eu.posthog.com")]
    public void A_host_that_cannot_be_right_is_refused_with_advice(string host, string advice)
    {
        var failure = Assert.Throws<ArgumentException>(() => Connect(host));

        Assert.Contains(advice, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://posthog.example", false, false)]
    [InlineData("http://posthog.example", true, true)]
    [InlineData("http://127.0.0.1:8000", false, true)]
    [InlineData("http://localhost:8000", false, true)]
    [InlineData("http://[::1]:8000", false, true)]
    [InlineData("https://posthog.example", false, true)]
    public void The_key_is_sent_over_plain_http_only_if_allowed(string host, bool allowHttp, bool works)
    {
        if (works)
            Connect(host, allowHttp: allowHttp);
        else
            Assert.Throws<PlainHttpException>(() => Connect(host, allowHttp: allowHttp));
    }

    [Theory]
    [InlineData("")]
    [InlineData("phx_with space")]
    [InlineData("phx_with\nbreak")]
    [InlineData("phx_ümlaut")]
    [InlineData("phc_project_token")]
    public void A_text_that_cannot_be_a_key_is_refused_without_repeating_it(string key)
    {
        var failure = Assert.Throws<ArgumentException>(() => Connect("https://us.posthog.com", key));

        Assert.True(key.Length == 0 || !failure.Message.Contains(key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("current", "/api/projects/@current/", null)]
    [InlineData("@current", "/api/projects/@current/", null)]
    [InlineData("42", "/api/projects/42/", 42)]
    public void A_project_is_a_number_or_the_current_one(string id, string prefix, int? number)
    {
        var scope = ApiScope.Project(id);

        Assert.Equal((prefix, number, false), (scope.Prefix, scope.ProjectNumber, scope.IsOrganization));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("1/2")]
    [InlineData("1\n")]
    [InlineData("@me")]
    [InlineData("1%2f2")]
    public void An_invalid_project_id_is_refused(string id)
    {
        Assert.Throws<InvalidIdException>(() => ApiScope.Project(id));
        Assert.Throws<InvalidIdException>(() => ApiScope.Organization(id));
    }

    private static void Connect(string host, string key = "phx_key", bool allowHttp = false) =>
        new BatchExportClient(TestService.OptionsFor(new Uri(host), key, TimeProvider.System) with { AllowHttp = allowHttp }).Dispose();
}
