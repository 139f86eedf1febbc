using System.Globalization;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.Api;

/// <summary>Creates the errors of the service.</summary>
internal static class Problem
{
    private const string ValidationError = "validation_error";
    private const string InvalidRequest = "invalid_request";
    private const string AuthenticationError = "authentication_error";
    private const string ServerErrorType = "server_error";

    public static ApiProblemException Invalid(string detail, string? attribute = null, string code = "invalid_input") =>
        new(400, ValidationError, code, detail, attribute);

    public static ApiProblemException Required(string attribute) => Invalid("This field is required.", attribute, "required");

    public static ApiProblemException Null(string attribute) => Invalid("This field may not be null.", attribute, "null");

    public static ApiProblemException Blank(string attribute) => Invalid("This field may not be blank.", attribute, "blank");

    public static ApiProblemException NotADictionary(JsonNode? value, string attribute) =>
        Invalid($"Invalid data. Expected a dictionary, but got {PythonType.NameOf(value)}.", attribute);

    public static ApiProblemException Choice(string value, string attribute) =>
        Invalid($"\"{value}\" is not a valid choice.", attribute, "invalid_choice");

    public static ApiProblemException AtMost(long limit, string attribute) => Invalid(
        string.Create(CultureInfo.InvariantCulture, $"Ensure this value is less than or equal to {limit}."), attribute, "max_value");

    public static ApiProblemException AtLeast(long limit, string attribute) => Invalid(
        string.Create(CultureInfo.InvariantCulture, $"Ensure this value is greater than or equal to {limit}."), attribute, "min_value");

    public static ApiProblemException Parse(string detail) => new(400, InvalidRequest, "parse_error", detail);

    public static ApiProblemException NotFound(string detail = "Not found.") => new(404, InvalidRequest, "not_found", detail);

    public static ApiProblemException Method(string method) =>
        new(405, InvalidRequest, "method_not_allowed", $"Method \"{method}\" not allowed.");

    public static ApiProblemException NotAcceptable() =>
        new(406, InvalidRequest, "not_acceptable", "Could not satisfy the request Accept header.");

    public static ApiProblemException MediaType(string type) =>
        new(415, InvalidRequest, "unsupported_media_type", $"Unsupported media type \"{type}\" in request.");

    public static ApiProblemException Unauthenticated(string code, string detail) => new(401, AuthenticationError, code, detail);

    public static ApiProblemException Forbidden(string detail) => new(403, AuthenticationError, "permission_denied", detail);

    public static ApiProblemException TooMany(string code, string detail) => new(429, ServerErrorType, code, detail);

    public static ApiProblemException Throttled(string detail) => new(429, "throttled_error", "throttled", detail);

    public static ApiProblemException Server() => new(500, ServerErrorType, "error", "A server error occurred.");
}
