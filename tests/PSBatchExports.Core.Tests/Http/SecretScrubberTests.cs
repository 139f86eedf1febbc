using System.Text;
using PSBatchExports.Http;
using PSBatchExports.Secrets;
using Xunit;

namespace PSBatchExports.Core.Tests;

/// <summary>What is taken out of a text that holds a secret, and what stays.</summary>
public class SecretScrubberTests
{
    private const string Key = "phx_QmFzZTY0IGlzIGZ1bi5LZXk0TWU";

    [Theory]
    [InlineData("Bearer phx_QmFzZTY0IGlzIGZ1bi5LZXk0TWU.", "Bearer ***.")]
    [InlineData("PHX_QMFZZTY0IGLZIGZ1BI5LZXK0TWU", "***")]
    [InlineData("a%2Fb?key=%70%68x_QmFzZTY0IGlzIGZ1bi5LZXk0TWU&c=%20", "a%2Fb?key=***&c=%20")]
    [InlineData("%2570hx_QmFzZTY0IGlzIGZ1bi5LZXk0TWU", "***")]
    [InlineData("\\u0070hx_QmFzZTY0IGlzIGZ1bi5LZXk0TWU\\n", "***\\n")]
    [InlineData("&#112;hx&#x5f;QmFzZTY0IGlzIGZ1bi5LZXk0TWU &amp;", "*** &amp;")]
    [InlineData("phx_QmFzZTY0I and 5LZXk0TWU, IGlzIGZ1bi5", "*** and 5LZXk0TWU, ***")]
    [InlineData("xphx_QmFzZTY0IGlzIGZ1bi5LZXk0TWUx", "x***x")]
    [InlineData("phx_", "phx_")]
    [InlineData("100 % of \\ & nothing", "100 % of \\ & nothing")]
    public void A_long_secret_is_hidden_in_any_encoding_and_in_part(string text, string shown) =>
        Assert.Equal(shown, Knowing(Key).Hide(text));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("user:")]
    [InlineData("Bearer ")]
    public void The_Base64_and_hex_of_a_secret_are_hidden_after_any_prefix(string before)
    {
        var bytes = Encoding.UTF8.GetBytes(before + Key + " and more");
        var base64 = Convert.ToBase64String(bytes);
        foreach (var encoded in new[] { base64, base64.Replace('+', '-').Replace('/', '_'), Convert.ToHexString(bytes) })
            Assert.Null(SecretSearch.Find([Knowing(Key).Hide(encoded)], [Key, Convert.ToHexString(Encoding.UTF8.GetBytes(Key))]));
    }

    [Theory]
    [InlineData("password authentication failed for user \"acme\"", "password authentication failed for user \"***\"")]
    [InlineData("acme_events of ACME, acmes", "acme_events of ***, acmes")]
    public void A_short_secret_is_hidden_as_a_whole_word(string text, string shown) => Assert.Equal(shown, Knowing("acme").Hide(text));

    [Fact]
    public void The_Base64_of_a_short_password_with_its_user_is_hidden() =>
        Assert.DoesNotContain(
            "ZWNyZXQx",
            Knowing("secret1!").Hide($"Basic {Convert.ToBase64String("user:secret1!"u8)} was refused"),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("p\u00e4ssw\u00f6rter \u4e16\u754c")]
    [InlineData("say \"friend\" & <enter>/\\")]
    [InlineData("correct horse battery staple")]
    public void Secrets_of_any_characters_are_hidden(string secret)
    {
        var disguises = new[]
        {
            secret,
            Uri.EscapeDataString(secret),
            System.Text.Json.JsonSerializer.Serialize(secret)[1..^1],
            System.Net.WebUtility.HtmlEncode(secret),
            Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(secret)),
        };

        Assert.All(disguises, disguise => Assert.Equal("[***]", Knowing(secret).Hide($"[{disguise}]")));
    }

    [Fact]
    public void An_exception_without_a_secret_stays_what_it_is()
    {
        var failure = new IOException("broken", new InvalidOperationException("because"));

        Assert.Same(failure, Knowing(Key).HideIn(failure));
    }

    [Fact]
    public void A_scrubbed_exception_keeps_its_message_and_type_names()
    {
        var cause = new InvalidOperationException($"because of {Key}") { Data = { ["header"] = Key } };

        var shown = Assert.IsType<ScrubbedException>(Knowing(Key).HideIn(new IOException("broken", cause)));

        Assert.Equal(("System.IO.IOException", "System.IO.IOException: broken"), (shown.OriginalType, shown.Message));
        Assert.Equal("System.InvalidOperationException: because of ***", shown.InnerException!.Message);
        Assert.Null(SecretSearch.Find(SecretSearch.Of(shown), [Key]));
    }

    [Fact]
    public void A_secret_in_the_data_of_an_exception_is_hidden()
    {
        var failure = new IOException("broken") { Data = { ["header"] = Key } };

        Assert.Empty(Knowing(Key).HideIn(failure)!.Data);
    }

    [Fact]
    public void Everything_in_a_destination_is_secret_except_under_public_keys()
    {
        const string body = """
            {
                "name": "n",
                "hogql_query": "q",
                "destination": {
                    "type": "Redshift",
                    "config": {
                        "database": "d", "password": "p", "brand_new": "b", "exclude_events": ["e"], "port": 5439,
                        "copy_inputs": {"s3_bucket": "b", "authorization": {"aws_access_key_id": "i", "aws_secret_access_key": "s"}}
                    },
                    "integration": 1
                }
            }
            """;

        Assert.Equal(["p", "b", "i", "s"], DestinationSecrets.In(Encoding.UTF8.GetBytes(body)).Select(secret => secret.Text));
        Assert.Empty(DestinationSecrets.In("""{"name": "n"}"""u8.ToArray()));
        Assert.Empty(DestinationSecrets.In("[]"u8.ToArray()));
    }

    [Theory]
    [InlineData("Snowflake", "password")]
    [InlineData("BigQuery", "private_key")]
    [InlineData("HTTP", "token")]
    public async Task A_refusal_does_not_repeat_the_secrets_of_the_destination(string type, string key)
    {
        const string secret = "correct-horse/battery";
        var detail = $"{key} '{secret}' is not accepted.";
        var body = $$"""{"type": "validation_error", "code": "invalid", "detail": "{{detail}}", "attr": "destination"}""";
        using var server = new RawServer(_ => [RawServer.Answer(Encoding.UTF8.GetBytes(body), "", "400 No")]);
        using var client = new BatchExportClient(TestService.OptionsFor(server.Origin, Key, new TestClock()));
        var config = new Dictionary<string, object?> { [key] = TestService.Secret(secret) };
        var fields = new BatchExportFields { Destination = BatchExportDestination.Create(type, config) };

        var failure = await client.In(ApiScope.Project("1")).Exports.CreateAsync(fields).Failure();

        Assert.Equal($"{key} '***' is not accepted.", failure!.Detail);
        Assert.Null(SecretSearch.Find(SecretSearch.Of(failure), [secret]));
    }

    private static SecretScrubber Knowing(params string[] secrets) => new(() => secrets.Select(secret => new Secret(secret)));
}
