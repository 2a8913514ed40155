namespace PromptStash.BuildingBlocks;

/// <summary>Registers the delivery of a module's outbox.</summary>
public static class OutboxRegistration
{
    /// <summary>Delivers the outbox of <typeparamref name="TContext"/> in this process.</summary>
    public static IServiceCollection AddOutboxDispatcher<TContext>(this IServiceCollection services)
        where TContext : DbContext
    {
        services.AddOptions<OutboxOptions>().BindConfiguration(OutboxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<OutboxSignal<TContext>>();

        return services.AddHostedService<OutboxDispatcher<TContext>>();
    }
}
