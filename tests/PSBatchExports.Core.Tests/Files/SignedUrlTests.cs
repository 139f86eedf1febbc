using Xunit;

namespace PSBatchExports.Core.Tests;

public class SignedUrlTests
{
    private static readonly Uri Secure = new("https://us.posthog.com");

    private static readonly Uri Plain = new("http://127.0.0.1:8000");

    [Theory]
    [InlineData("https://storage.example/a%2Fb/../c%2B%2b/./d?sig=%2F%2B%3d&x=a%20b+c")]
    [InlineData("https://storage.example//double//slash/%E2%82%AC?response-content-disposition=attachment%3B%20filename%3D%22a%3Ab%22&X-Amz-Signature=%2f")]
    public void It_is_asked_for_letter_by_letter(string url)
    {
        Assert.Equal(url["https://storage.example".Length..], SignedUrl.TryParse(url, Secure)!.Address.PathAndQuery);
    }

    [Theory]
    [InlineData("http://storage.example/file?sig=1")]
    [InlineData("ftp://storage.example/file")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/relative")]
    [InlineData("//storage.example/file")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    public void Only_a_secure_address_is_taken_from_a_secure_service(string url) => Assert.Null(SignedUrl.TryParse(url, Secure));

    [Fact]
    public void A_plain_one_is_taken_from_a_plain_service()
    {
        Assert.NotNull(SignedUrl.TryParse("http://127.0.0.1:9000/file", Plain));
    }

    [Theory]
    [InlineData("X-Amz-Date=20261008T130000Z&X-Amz-Expires=3600", "2026-10-08T14:00:00+00:00")]
    [InlineData("x-amz-date=20261008T130000Z&x-amz-expires=60", "2026-10-08T13:01:00+00:00")]
    [InlineData("X-Amz-Date=yesterday&X-Amz-Expires=3600", null)]
    [InlineData("X-Amz-Date=20261008T130000Z", null)]
    [InlineData("sv=2026", null)]
    public void Its_end_is_read_where_it_says_so(string query, string? end)
    {
        var url = SignedUrl.TryParse($"https://storage.example/file?{query}", Secure);

        Assert.Equal(end is null ? null : DateTimeOffset.Parse(end, System.Globalization.CultureInfo.InvariantCulture), url!.ExpiresAt);
    }

    [Fact]
    public void Shown_it_keeps_its_secret()
    {
        Assert.Equal("https://storage.example/...", SignedUrl.TryParse("https://storage.example/secret/key?X-Amz-Signature=secret", Secure)!.ToString());
    }
}
