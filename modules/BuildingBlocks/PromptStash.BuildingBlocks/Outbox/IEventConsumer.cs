using System.Text.Json;

namespace PromptStash.BuildingBlocks;

/// <summary>Acts on a neighbour's (or the module's own) event. Delivery is at least once, so it must be idempotent.</summary>
public interface IEventConsumer<in TEvent>
{
    /// <summary>Throws to have the event delivered again later.</summary>
    Task ConsumeAsync(TEvent message, CancellationToken cancellationToken);
}

/// <summary>One consumer's subscription to a wire name.</summary>
internal sealed record EventSubscription(
    string Type, string Consumer, Func<IServiceProvider, string, CancellationToken, Task> DeliverAsync);

/// <summary>Registers consumers.</summary>
public static class EventConsumerRegistration
{
    /// <summary>Delivers every event of this wire name to a <typeparamref name="TConsumer"/>, in a scope of its own.</summary>
    public static IServiceCollection AddEventConsumer<TEvent, TConsumer>(this IServiceCollection services, string type)
        where TConsumer : class, IEventConsumer<TEvent>
    {
        services.AddScoped<TConsumer>();

        return services.AddSingleton(new EventSubscription(type, typeof(TConsumer).Name, (provider, payload, cancellationToken) =>
        {
            var message = JsonSerializer.Deserialize<TEvent>(payload, JsonSerializerOptions.Web)
                ?? throw new InvalidOperationException($"The payload of an event '{type}' is null.");

            return provider.GetRequiredService<TConsumer>().ConsumeAsync(message, cancellationToken);
        }));
    }
}
