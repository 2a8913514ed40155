using System.Diagnostics;

namespace PromptStash.IntegrationTests;

/// <summary>Whether two kinds of request take as long as each other, so that the time tells nothing.</summary>
/// <remarks>
/// The medians are of one run, and the two kinds of request take turns, so that a load on the machine meets both. The bound is a factor of
/// 1.4 and not 10 %: on two cores that other tests use too, the medians of two series of the very same request differ; under a heavy load by
/// more than the bound, which is why a comparison that fails is made again. What the tests are there to find is far beyond it: a sign-in
/// that does not hash answers five times as fast.
/// </remarks>
internal static class ResponseTimes
{
    private const int Pairs = 40;
    private const double Bound = 1.4;
    private const int Rounds = 4;

    public static async Task AreAlikeAsync(Func<Task<HttpResponseMessage>> one, Func<Task<HttpResponseMessage>> other)
    {
        // Whatever is compiled or connected at first is so for both.
        for (var warmUp = 0; warmUp < 5; warmUp++)
        {
            await TimeAsync(one);
            await TimeAsync(other);
        }

        // What makes one kind slower does so every time; what else goes on in the machine does not.
        var ratio = 0.0;
        for (var round = 0; round < Rounds && ratio is not (< Bound and > 1 / Bound); round++)
        {
            ratio = await CompareAsync(one, other);
        }

        Assert.True(ratio is < Bound and > 1 / Bound, $"The medians are as {ratio:0.00} to 1, and were no closer in {Rounds} rounds.");
    }

    private static async Task<double> CompareAsync(Func<Task<HttpResponseMessage>> one, Func<Task<HttpResponseMessage>> other)
    {
        var (ones, others) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < Pairs; pair++)
        {
            // Each goes first as often as the other.
            if (pair % 2 == 0)
            {
                ones.Add(await TimeAsync(one));
                others.Add(await TimeAsync(other));
            }
            else
            {
                others.Add(await TimeAsync(other));
                ones.Add(await TimeAsync(one));
            }
        }

        return Median(ones) / Median(others);
    }

    private static async Task<double> TimeAsync(Func<Task<HttpResponseMessage>> request)
    {
        var started = Stopwatch.GetTimestamp();
        (await request()).Dispose();

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();

        return values[values.Count / 2];
    }
}
