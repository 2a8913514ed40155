namespace PromptStash.Api.Admin;

/// <summary>What administrators may look at.</summary>
internal static class AdminEndpoints
{
    public static void AddAdministration(this IServiceCollection services) =>
        services.AddOptions<AdminOptions>().BindConfiguration(AdminOptions.Section).ValidateDataAnnotations().ValidateOnStart();

    public static void MapAdminEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var database = endpoints.MapGroup("/admin/database").WithTags("Administration").AddEndpointFilter<RouteGroupBuilder, AdministratorsOnly>();
        database.MapGetDatabaseOverview();
        database.MapListSlowQueries();
        database.MapListTables();
        database.MapListConnections();
    }
}
