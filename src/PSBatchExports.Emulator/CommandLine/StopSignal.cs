using System.Runtime.InteropServices;

namespace PSBatchExports.Emulator.CommandLine;

/// <summary>Waits for the signal to stop.</summary>
internal static class StopSignal
{
    public static async Task WaitAsync(bool stopOnStdinEnd)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        if (stopOnStdinEnd)
            await Task.WhenAny(stop.Task, Task.Run(ReadToEnd));
        else
            await stop.Task;
    }

    private static void ReadToEnd()
    {
        using var input = Console.OpenStandardInput();
        var ignored = new byte[256];
        while (input.Read(ignored) > 0)
        {
        }
    }
}
