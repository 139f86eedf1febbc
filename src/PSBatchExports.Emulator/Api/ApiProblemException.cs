using System.Text.Json.Nodes;
using PSBatchExports.Emulator.Hosting;

namespace PSBatchExports.Emulator.Api;

/// <summary>Ends a request with an error of the service.</summary>
internal sealed class ApiProblemException(int status, string type, string code, string detail, string? attribute = null)
    : Exception(detail)
{
    public int Status => status;

    public string Type => type;

    public string? Attribute => attribute;

    public EmulatorResponse ToResponse() => EmulatorResponse.Json(status, new JsonObject
    {
        ["type"] = type,
        ["code"] = code,
        ["detail"] = Message,
        ["attr"] = attribute,
    });
}
