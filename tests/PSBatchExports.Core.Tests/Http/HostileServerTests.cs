using System.Text;
using Xunit;
using static PSBatchExports.Core.Tests.HostileServers;

namespace PSBatchExports.Core.Tests;

/// <summary>
/// Malicious or badly broken servers: their responses are bounded, and refused with an error that says what is wrong.
/// </summary>
public class HostileServerTests
{
    [Theory]
    [InlineData("../../users/@me")]
    [InlineData("a/b?c")]
    [InlineData("")]
    public async Task A_listed_file_that_is_not_an_id_gets_no_request(string id)
    {
        var body = $$"""{"id": "{{Id}}", "status": "Completed", "files": ["{{Id}}", "{{id}}"]}""";
        using var server = new RawServer(_ => [RawServer.Json(body)]);
        using var client = Connect(server);

        var failure = await Assert.ThrowsAsync<UnexpectedResponseException>(() => client.In(Project).Files.ListAsync(Id).WithTimeout());

        Assert.Contains($"'{id}'", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_response_that_is_not_HTTP_is_reported_as_such()
    {
        using var server = new RawServer(_ => [Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH_9.9\r\n\r\n")]);

        Assert.Contains("did not answer with HTTP", (await GetAsync(server)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_create_with_an_unreadable_response_may_have_taken_effect()
    {
        byte[][] answers =
        [
            Encoding.ASCII.GetBytes("rubbish\r\n\r\n"),
            RawServer.Head("200 OK", $"X: {new string('x', 70_000)}\r\n"),
            RawServer.Json("["),
        ];
        foreach (var answer in answers)
        {
            using var server = new RawServer(_ => [answer]);
            using var client = Connect(server);

            Assert.True((await client.In(Project).Exports.CreateAsync(Calls.NewExport).Failure())!.MayHaveTakenEffect);
            Assert.Single(server.Requests);
        }
    }

    [Fact]
    public async Task Cookies_are_not_kept()
    {
        using var server = new RawServer(_ => [RawServer.Json($$"""{"id": "{{Id}}"}""", "Set-Cookie: session=1; Path=/\r\n")]);
        using var client = Connect(server);
        await client.In(Project).Exports.GetAsync(Id).WithTimeout();
        await client.In(Project).Exports.GetAsync(Id).WithTimeout();

        Assert.Equal(2, server.Requests.Count);
        Assert.DoesNotContain(server.Requests, head => head.Contains("Cookie", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("http://elsewhere.example/", "http://elsewhere.example")]
    [InlineData("https://user:password@elsewhere.example/?secret=1", "https://elsewhere.example")]
    [InlineData("http://{0}/api/projects/12345/batch_exports/", "http://{0}")]
    [InlineData("https://{0}/api/projects/12345/batch_exports/", "https://{0}")]
    [InlineData("/api/projects/1/", "elsewhere")]
    [InlineData("//elsewhere.example/", "elsewhere")]
    [InlineData("file:///etc/passwd", "file://")]
    [InlineData("http://[", "elsewhere")]
    [InlineData("\u001b]0;owned\u0007", "elsewhere")]
    [InlineData("", "elsewhere")]
    public async Task Redirects_are_not_followed_not_even_to_the_same_host(string location, string named)
    {
        using var server = new RawServer(head =>
        {
            var target = location.Replace("{0}", HostOf(head), StringComparison.Ordinal);
            return [RawServer.Answer([], $"Location: {target}\r\n", "307 Temporary Redirect")];
        });

        var failure = await GetAsync(server);

        var target = named.Replace("{0}", server.Origin.Authority, StringComparison.Ordinal);
        Assert.Contains($"redirects to {target}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("password", failure.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("escape \u001b[31m", "escape \uFFFD[31m")]
    [InlineData("title \u001b]0;owned\u0007", "title \uFFFD]0;owned\uFFFD")]
    [InlineData("CSI \u009b31m, OSC \u009d0;owned\u009c", "CSI \uFFFD31m, OSC \uFFFD0;owned\uFFFD")]
    [InlineData("right to left \u202e, isolate \u2066, mark \u200f", "right to left \uFFFD, isolate \uFFFD, mark \uFFFD")]
    [InlineData("return\rover, back\b, tab\t, nul\0", "return\uFFFDover, back\uFFFD, tab\uFFFD, nul\uFFFD")]
    [InlineData("lines\r\nand\nmore", "lines\nand\nmore")]
    [InlineData("\U0001F468\u200D\U0001F469, \u0645\u06CC\u200C\u062E", "\U0001F468\u200D\U0001F469, \u0645\u06CC\u200C\u062E")]
    public void Text_for_a_terminal_has_no_control_characters(string text, string shown)
    {
        Assert.Equal(shown, DisplayText.Harmless(text));
        Assert.Equal(shown, DisplayText.Clean(text));
    }

    [Theory]
    [InlineData("nightly\nWhat if: nothing", "nightly\uFFFDWhat if: nothing")]
    [InlineData("a\r\nb\rc\u0085d\u2028e\u2029f\fg", "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFDf\uFFFDg")]
    public void Text_in_a_prompt_is_one_line(string text, string shown) => Assert.Equal(shown, DisplayText.OneLine(text));
}
