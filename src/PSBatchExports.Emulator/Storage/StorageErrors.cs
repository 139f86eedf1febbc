using System.Security;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Storage;

/// <summary>The storage's XML errors.</summary>
internal static class StorageErrors
{
    public static EmulatorResponse TwoMechanisms(string authorization) => Error(
        400,
        "InvalidArgument",
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the "
        + "Authorization header should be specified",
        ("ArgumentName", "Authorization"),
        ("ArgumentValue", authorization));

    public static EmulatorResponse ExpiredToken() => Error(400, "ExpiredToken", "The provided token has expired.");

    public static EmulatorResponse AccessDenied() => Error(403, "AccessDenied", "Access Denied");

    public static EmulatorResponse Expired(long lifetime, DateTimeOffset expires, DateTimeOffset now) => Error(
        403,
        "AccessDenied",
        "Request has expired",
        ("X-Amz-Expires", FormattableString.Invariant($"{lifetime}")),
        ("Expires", Seconds(expires)),
        ("ServerTime", Seconds(now)));

    public static EmulatorResponse BadSignature() => Error(
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.");

    public static EmulatorResponse NoSuchKey() => Error(404, "NoSuchKey", "The specified key does not exist.");

    public static EmulatorResponse MethodNotAllowed() =>
        Error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");

    public static EmulatorResponse InvalidRange(string range, long length) => Error(
        416,
        "InvalidRange",
        "The requested range is not satisfiable",
        ("RangeRequested", range),
        ("ActualObjectSize", FormattableString.Invariant($"{length}")));

    private static EmulatorResponse Error(int status, string code, string message, params (string Name, string Value)[] more)
    {
        var details = string.Concat(more.Select(m => Element(m.Name, m.Value)));
        return EmulatorResponse.Text(
            status,
            "application/xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + $"<Error>{Element("Code", code)}{Element("Message", message)}{details}"
            + $"{Element("RequestId", "EMULATOR00000001")}{Element("HostId", "emulator")}</Error>");
    }

    private static string Element(string name, string value) => $"<{name}>{SecurityElement.Escape(value)}</{name}>";

    private static string Seconds(DateTimeOffset time) =>
        WireTime.Format(new DateTimeOffset(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero));
}
