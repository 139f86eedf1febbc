using PSBatchExports.Emulator.Data;
using PSBatchExports.Emulator.Storage;

namespace PSBatchExports.Emulator.Api;

/// <summary>Every route of the API.</summary>
internal static class ApiRoutes
{
    public static Route[] Create(
        EmulatorState state,
        EmulatorOptions options,
        ProjectAccess access,
        PageLinks links,
        RunFiles runFiles,
        SignedUrls urls,
        Uri storageOrigin)
    {
        var backfills = new BackfillFactory(state, options);
        return
        [
            .. new ExportEndpoints(state, options, links, backfills).Routes,
            .. new OnDemandEndpoints(state, options, links, runFiles, urls, storageOrigin).Routes,
            .. new LogEndpoints(state, options).Routes,
            .. new RunEndpoints(state, links, backfills, options).Routes,
            .. new BackfillEndpoints(state, options, links, backfills).Routes,
            .. new DestinationTestEndpoints(state, options).Routes,
            .. new IntegrationEndpoints(state, options, links).Routes,
            .. new ProjectEndpoints(state, links, access).Routes,
        ];
    }
}
