using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using PromptStash.Stashes;

namespace PromptStash.Api.Limits;

/// <summary>Token buckets, in this process: one for everybody, one for each user and, before sign-in, one for each address.</summary>
internal static class RateLimiting
{
    /// <summary>Tokens come up to ten times a second, so that a limit is a steady stream and not a burst at the full second.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    /// <summary>A bucket holds two seconds' worth: a page that loads many things at once is no abuse.</summary>
    private const int BurstSeconds = 2;

    public static void AddPromptStashRateLimiting(this IServiceCollection services)
    {
        services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddRateLimiter(limiter => limiter.OnRejected = RejectAsync);
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<RateLimitOptions>>((limiter, options) =>
        {
            limiter.AddPolicy(StashesModule.ValidationRateLimit, context => Validations(context, options.Value));

            // One's own bucket first: who is refused there takes nothing out of the one for everybody.
            limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                PartitionedRateLimiter.Create<HttpContext, string>(context => CallerBucket(context, options.Value)),
                PartitionedRateLimiter.Create<HttpContext, string>(_ => Bucket("all", options.Value.GlobalPerSecond, queue: 0)),
                PartitionedRateLimiter.Create<HttpContext, string>(context => LargeBodies(context, options.Value)));
        });
    }

    /// <summary>Users have a bucket of their own already; everybody else has a small one for what costs work.</summary>
    private static RateLimitPartition<string> Validations(HttpContext context, RateLimitOptions options) =>
        context.User.FindFirstValue(ClaimTypes.NameIdentifier) is null
            ? Bucket("validations:" + Network(context.Connection.RemoteIpAddress), options.AnonymousValidationsPerSecond, queue: 0)
            : RateLimitPartition.GetNoLimiter("users");

    private static RateLimitPartition<string> CallerBucket(HttpContext context, RateLimitOptions options) =>
        context.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } userId
            ? Bucket("user:" + userId, options.UserPerSecond, options.UserQueue)
            : Bucket("address:" + Network(context.Connection.RemoteIpAddress), options.AnonymousPerSecond, queue: 0);

    /// <summary>A body of many megabytes is held in memory or on disk until it is written, so only a few are taken at a time; the others wait.</summary>
    private static RateLimitPartition<string> LargeBodies(HttpContext context, RateLimitOptions options) =>
        HttpMethods.IsGet(context.Request.Method) || context.Request.ContentLength <= options.LargeBodyBytes
            ? RateLimitPartition.GetNoLimiter("small")
            : RateLimitPartition.GetConcurrencyLimiter("large", _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = options.LargeBodiesAtOnce,
                QueueLimit = options.LargeBodiesQueue,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            });

    /// <summary>Whoever has one IPv6 address has a /64 of them.</summary>
    private static string Network(IPAddress? address)
    {
        if (address is null)
        {
            return "unknown";
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4().ToString();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();

        return new IPAddress(bytes).ToString();
    }

    private static RateLimitPartition<string> Bucket(string key, int perSecond, int queue)
    {
        // Whole tokens at a time, as often as makes the rate exact: 15 a second are 2 every 133 ms.
        var tokens = (int)Math.Ceiling(perSecond * Period.TotalSeconds);

        return RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond * BurstSeconds,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)tokens / perSecond),
            QueueLimit = queue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    private static async ValueTask RejectAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var response = rejected.HttpContext.Response;
        var retryAfter = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1);
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

        await Errors.ErrorAnswers.WriteAsync(
            rejected.HttpContext, StatusCodes.Status429TooManyRequests, "Too many requests. Please try again later.");
    }
}
