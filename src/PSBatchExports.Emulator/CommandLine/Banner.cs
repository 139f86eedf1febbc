using System.Globalization;
using System.Text.Json.Nodes;

namespace PSBatchExports.Emulator.CommandLine;

/// <summary>The text that the program prints when it is ready.</summary>
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

    /// <summary>Text for people; the indented lines can be pasted into PowerShell.</summary>
    /// <param name="clone">The clone that the program was built in; null if it was installed.</param>
    public static string Readable(EmulatorHost host, Clone? clone) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        PostHog batch export emulator

          API            {Text(host.ApiOrigin)}
          Storage        {Text(host.StorageOrigin)}
          Key            {host.ApiKey}
          Project        {host.Options.ProjectId}
          Organization   {host.Options.OrganizationId}

        {Start(clone)}

          {Import(clone)}
          $env:POSTHOG_HOST = {Quoted(Text(host.ApiOrigin))}
          $env:POSTHOG_PERSONAL_API_KEY = {Quoted(host.ApiKey)}
          $env:POSTHOG_PROJECT_ID = '{host.Options.ProjectId}'
          Get-BatchExport

        The three variables also connect runbooks that are started there. To connect only the session, type in their place:

          $key = ConvertTo-SecureString {Quoted(host.ApiKey)} -AsPlainText -Force
          Connect-BatchExportService -ApiHost {Text(host.ApiOrigin)} -ProjectId {host.Options.ProjectId} -ApiKey $key

        Ctrl-C ends it.
        """);

    private static string Start(Clone? clone) => clone is null
        ? "Type this in PowerShell 7.4 or newer, in another terminal:"
        : """
          Type this in PowerShell 7.4 or newer, in another terminal. The clone has one: 'dotnet tool restore' fetches it,
          'dotnet pwsh -NoProfile' starts it.
          """;

    private static string Import(Clone? clone) => clone switch
    {
        null => "Import-Module PSBatchExports",
        { IsModuleBuilt: true } => $"Import-Module {Quoted(clone.Manifest)}",
        _ => $"dotnet build {Quoted(clone.ModuleProject)}\n  Import-Module {Quoted(clone.Manifest)}",
    };

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Text(Uri origin) => origin.GetLeftPart(UriPartial.Authority);
}
