using PSBatchExports.Files.Storage;
using Xunit;

namespace PSBatchExports.Core.Tests;

public class SignedUrlTests
{
    private static readonly Uri Secure = new("https://us.posthog.com");

    private static readonly Uri Plain = new("http://127.0.0.1:8000");

    [Theory]
    [InlineData("https://storage.example/a%2Fb/../c%2B%2b/./d?sv=2026&sig=%2F%2B%3d&x=a%20b+c")]
    [InlineData(
        "https://storage.example//double//slash/%E2%82%AC"
        + "?response-content-disposition=attachment%3B%20filename%3D%22a%3Ab%22&X-Amz-Signature=%2f")]
    public void A_signed_URL_is_requested_unchanged(string url)
    {
        Assert.Equal(url["https://storage.example".Length..], SignedUrl.TryParse(url, Secure)!.Address.PathAndQuery);
    }

    [Theory]
    [InlineData("http://storage.example/file?X-Amz-Signature=1")]
    [InlineData("ftp://storage.example/file?X-Amz-Signature=1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/relative")]
    [InlineData("//storage.example/file")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    public void A_secure_service_may_only_lead_to_secure_URLs(string url) => Assert.Null(SignedUrl.TryParse(url, Secure));

    [Fact]
    public void A_plain_service_may_lead_to_plain_URLs()
    {
        Assert.NotNull(SignedUrl.TryParse("http://127.0.0.1:9000/file?X-Amz-Signature=1", Plain, allowsHttp: true));
    }

    [Theory]
    [InlineData("http://storage.example/file", "not signed")]
    [InlineData("http://us.posthog.com/file?X-Amz-Signature=1", null)]
    [InlineData("https://us.posthog.com/file?X-Amz-Signature=1", "on the API's own origin")]
    [InlineData("ftp://storage.example/file?X-Amz-Signature=1", "begins with ftp:")]
    public void A_plain_service_is_subject_to_all_other_rules(string url, string? reason)
    {
        var (address, refusal) = SignedUrl.Parse(url, Secure, allowsHttp: true);

        Assert.Equal((reason is null, reason is null), (address is not null, refusal is null));
        Assert.Contains(reason ?? "", refusal ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=1")]
    [InlineData("x-amz-signature=1")]
    [InlineData("AWSAccessKeyId=a&Expires=1&Signature=b%3D")]
    [InlineData("GoogleAccessId=a&Expires=1&Signature=b%3D")]
    [InlineData("X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Signature=1")]
    [InlineData("Expires=1&Signature=a~&Key-Pair-Id=K1")]
    [InlineData("sv=2026-01-01&sp=r&sig=a%2B")]
    public void Every_kind_of_signature_is_recognized(string query) =>
        Assert.NotNull(SignedUrl.TryParse($"https://storage.example/file?{query}", Secure));

    [Theory]
    [InlineData("https://storage.example/file", "not signed")]
    [InlineData("https://storage.example/file?X-Amz-Signature=", "not signed")]
    [InlineData("https://storage.example/X-Amz-Signature=1", "not signed")]
    [InlineData("https://storage.example/file#X-Amz-Signature=1", "not signed")]
    [InlineData("https://login.example/saml?SAMLRequest=a&SigAlg=b&Signature=c", "not signed")]
    [InlineData("https://login.example/?next=%2F%3FX-Amz-Signature%3D1", "not signed")]
    [InlineData("https://us.posthog.com/login?X-Amz-Signature=1", "on the API's own origin")]
    [InlineData("https://US.posthog.com:443/login?X-Amz-Signature=1", "on the API's own origin")]
    [InlineData("https://user:secret@storage.example/file?X-Amz-Signature=1", "malformed")]
    [InlineData("https://storage.example/a b?X-Amz-Signature=1", "malformed")]
    [InlineData("https://storage.example/\u00e9?X-Amz-Signature=1", "malformed")]
    [InlineData("http://storage.example/file?X-Amz-Signature=1", "begins with http:")]
    public void A_URL_that_is_not_of_a_storage_is_refused_with_a_reason(string url, string reason) =>
        Assert.Contains(reason, SignedUrl.Parse(url, Secure).Refusal, StringComparison.Ordinal);

    [Fact]
    public void A_storage_may_share_the_host_of_the_service_at_another_port() =>
        Assert.NotNull(SignedUrl.TryParse("https://us.posthog.com:19000/posthog/file?X-Amz-Signature=1", Secure));

    [Theory]
    [InlineData("X-Amz-Date=20261008T130000Z&X-Amz-Expires=3600", "2026-10-08T14:00:00+00:00")]
    [InlineData("x-amz-date=20261008T130000Z&x-amz-expires=60", "2026-10-08T13:01:00+00:00")]
    [InlineData("X-Amz-Date=yesterday&X-Amz-Expires=3600", null)]
    [InlineData("X-Amz-Date=20261008T130000Z", null)]
    [InlineData("sv=2026", null)]
    [InlineData("X-Amz-Date=99991231T235959Z&X-Amz-Expires=3600", "9999-12-31T23:59:59.9999999+00:00")]
    [InlineData("X-Amz-Date=00010101T000000Z&X-Amz-Expires=2147483647", "0069-01-19T03:14:07+00:00")]
    public void The_expiry_of_a_signed_URL_is_read_if_it_has_one(string query, string? end)
    {
        var url = SignedUrl.TryParse($"https://storage.example/file?X-Amz-Signature=1&{query}", Secure);

        Assert.Equal(end is null ? null : DateTimeOffset.Parse(end, System.Globalization.CultureInfo.InvariantCulture), url!.ExpiresAt);
    }

    [Fact]
    public void The_text_of_a_signed_URL_hides_its_signature()
    {
        Assert.Equal(
            "https://storage.example/...",
            SignedUrl.TryParse("https://storage.example/secret/key?X-Amz-Signature=secret", Secure)!.ToString());
    }
}
