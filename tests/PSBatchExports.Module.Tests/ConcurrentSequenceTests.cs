using System.Runtime.CompilerServices;
using PSBatchExports.Async;
using Xunit;

namespace PSBatchExports.Module.Tests;

/// <summary>Sequences that are read concurrently.</summary>
public sealed class ConcurrentSequenceTests
{
    [Fact]
    public async Task Items_are_in_the_order_of_their_sequences()
    {
        var items = new List<int>();
        await foreach (var (_, sequence) in Enumerable.Range(0, 100).ReadConcurrently(8, 4, Numbers))
        {
            await foreach (var item in sequence)
                items.Add(item);
        }

        Assert.Equal(Enumerable.Range(0, 2000), items);
    }

    [Fact]
    public async Task A_sequence_that_fails_does_not_end_the_others()
    {
        var items = new List<int>();
        var failed = new List<int>();
        await foreach (var (source, sequence) in Enumerable.Range(0, 5).ReadConcurrently(3, 4, FailingThird))
        {
            try
            {
                await foreach (var item in sequence)
                    items.Add(item);
            }
            catch (InvalidOperationException)
            {
                failed.Add(source);
            }
        }

        Assert.Equal([2], failed);
        Assert.Equal(Enumerable.Range(0, 41).Concat(Enumerable.Range(60, 40)), items);
    }

    [Fact]
    public async Task The_next_sequence_is_read_while_the_first_still_waits()
    {
        var first = new TaskCompletionSource();
        await foreach (var (_, sequence) in new[] { 0, 1 }.ReadConcurrently(2, 1, Chained))
        {
            await foreach (var _ in sequence)
            {
            }
        }

        async IAsyncEnumerable<int> Chained(int source, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (source == 0)
                await first.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
            else
                first.SetResult();

            yield return source;
        }
    }

    [Fact]
    public async Task A_consumer_that_stops_early_ends_all_reading()
    {
        var ended = 0;
        await foreach (var (_, sequence) in Enumerable.Range(0, 3).ReadConcurrently(3, 1, Endless))
        {
            await using var items = sequence.GetAsyncEnumerator();
            await items.MoveNextAsync();
            break;
        }

        Assert.Equal(3, ended);

        async IAsyncEnumerable<int> Endless(int source, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                for (var item = 0; ; item++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return item;
                    await Task.Yield();
                }
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        }
    }

    private static async IAsyncEnumerable<int> Numbers(int source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var item = 0; item < 20; item++)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return (source * 20) + item;
        }
    }

    private static async IAsyncEnumerable<int> FailingThird(int source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in Numbers(source, cancellationToken))
        {
            yield return item;
            if (source == 2)
                throw new InvalidOperationException("The sequence fails after its first item.");
        }
    }
}
