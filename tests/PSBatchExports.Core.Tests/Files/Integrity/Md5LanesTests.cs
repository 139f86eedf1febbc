using System.Security.Cryptography;
using PSBatchExports.Files.Integrity;
using Xunit;

namespace PSBatchExports.Core.Tests;

#pragma warning disable CA5351 // What the storage uses.
public sealed class Md5LanesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(55)]
    [InlineData(56)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(119)]
    [InlineData(120)]
    [InlineData(128)]
    [InlineData(1_000_003)]
    public void An_input_has_the_MD5_that_the_framework_computes(int length)
    {
        var content = Bytes(length, seed: length);
        var blocks = length / Md5Lanes.BlockBytes;
        var states = new[] { Md5Lanes.Start };
        var lanes = new byte[Math.Max(1, Md5Lanes.Count * blocks * Md5Lanes.BlockBytes)];
        content.AsSpan(0, blocks * Md5Lanes.BlockBytes).CopyTo(lanes);

        Md5Lanes.Update(states, lanes, blocks * Md5Lanes.BlockBytes, blocks);

        Assert.Equal(MD5.HashData(content), Md5Lanes.Finish(states[0], content.AsSpan(blocks * Md5Lanes.BlockBytes), length));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Inputs_that_take_turns_keep_their_own_states(int count)
    {
        const int stride = 10 * Md5Lanes.BlockBytes;
        var contents = Enumerable.Range(0, count).Select(lane => Bytes(3 * stride, lane)).ToArray();
        var states = Enumerable.Repeat(Md5Lanes.Start, count).ToArray();
        var lanes = new byte[Md5Lanes.Count * stride];
        for (var turn = 0; turn < 3; turn++)
        {
            for (var lane = 0; lane < count; lane++)
                contents[lane].AsSpan(turn * stride, stride).CopyTo(lanes.AsSpan(lane * stride));

            Md5Lanes.Update(states, lanes, stride, stride / Md5Lanes.BlockBytes);
        }

        for (var lane = 0; lane < count; lane++)
            Assert.Equal(MD5.HashData(contents[lane]), Md5Lanes.Finish(states[lane], [], contents[lane].Length));
    }

    [Fact]
    public void A_buffer_too_small_for_the_lanes_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Md5Lanes.Update([Md5Lanes.Start], new byte[7 * 64], stride: 64, blocks: 1));

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
