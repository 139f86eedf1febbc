using System.Globalization;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.CommandLine;

/// <summary>What the program prints when it is ready.</summary>
internal static class Banner
{
    public static string Json(EmulatorHost host) => new JsonObject
    {
        ["api"] = Text(host.ApiOrigin),
        ["storage"] = Text(host.StorageOrigin),
        ["key"] = host.ApiKey,
        ["projectId"] = host.Options.ProjectId,
        ["organizationId"] = host.Options.OrganizationId.ToString(),
    }.ToJsonString();

    public static string Readable(EmulatorHost host) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        PostHog batch export emulator

          API            {Text(host.ApiOrigin)}
          Storage        {Text(host.StorageOrigin)}
          Key            {host.ApiKey}
          Project        {host.Options.ProjectId}
          Organization   {host.Options.OrganizationId}

        In PowerShell:

          $env:POSTHOG_HOST = '{Text(host.ApiOrigin)}'
          $env:POSTHOG_PERSONAL_API_KEY = '{host.ApiKey}'
          $env:POSTHOG_PROJECT_ID = '{host.Options.ProjectId}'

        or

          '{host.ApiKey}' | ConvertTo-SecureString -AsPlainText -Force |
              Connect-BatchExportService -ApiHost {Text(host.ApiOrigin)} -ProjectId {host.Options.ProjectId}

        Ctrl-C ends it.
        """);

    private static string Text(Uri origin) => origin.GetLeftPart(UriPartial.Authority);
}
