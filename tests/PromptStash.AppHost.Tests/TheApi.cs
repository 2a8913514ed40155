namespace PromptStash.AppHost.Tests;

public sealed class TheApi(PublishedModel model)
{
    private ProjectResource Api => model.Resource<ProjectResource>("api");

    [Fact]
    public async Task Connects_through_the_pool_under_the_name_of_the_database()
    {
        var environment = await model.EnvironmentOfAsync(Api);

        Assert.Equal("{pgbouncer.connectionString}", environment["ConnectionStrings__promptstash"]);
        Assert.Equal(["pgbouncer"], AppHostModel.ReferencesOf(Api).Where(name => model.Builder.Resources.Single(r => r.Name == name) is not ParameterResource));
        Assert.DoesNotContain(environment.Values, value => value.Contains("{promptstash", StringComparison.Ordinal));
        Assert.DoesNotContain(environment.Values, value => value.Contains("{postgres", StringComparison.Ordinal));
    }

    [Fact]
    public void Starts_once_the_pool_is_healthy_and_the_migrations_have_succeeded()
    {
        Assert.Contains(("pgbouncer", WaitType.WaitUntilHealthy), AppHostModel.WaitsOf(Api));
        Assert.Contains(("migrations", WaitType.WaitForCompletion), AppHostModel.WaitsOf(Api));
        Assert.Equal(0, Api.Annotations.OfType<WaitAnnotation>().Single(wait => wait.Resource.Name == "migrations").ExitCode);
    }

    [Fact]
    public void Is_asked_for_its_health()
    {
        var check = Assert.Single(Api.Annotations.OfType<HealthCheckAnnotation>());

        Assert.Contains("/health", check.Key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_the_one_thing_reachable_from_outside()
    {
        var endpoint = Assert.Single(Api.Annotations.OfType<EndpointAnnotation>());
        var environment = await model.EnvironmentOfAsync(Api);

        Assert.Equal("http", endpoint.Name);
        Assert.True(endpoint.IsExternal);
        Assert.Equal(8080, endpoint.TargetPort);
        Assert.Equal("{api.bindings.http.targetPort}", environment["HTTP_PORTS"]);
        Assert.All(
            model.Builder.Resources.Where(resource => resource != Api).SelectMany(r => r.Annotations.OfType<EndpointAnnotation>()),
            other => Assert.False(other.IsExternal));
    }

    [Fact]
    public async Task Believes_the_one_proxy_that_somebody_names() =>
        Assert.Equal("{known-proxy.value}", (await model.EnvironmentOfAsync(Api))["Api__KnownProxies__0"]);

    [Fact]
    public async Task Is_not_told_to_trust_forwarded_headers_from_anyone() =>
        Assert.DoesNotContain("ASPNETCORE_FORWARDEDHEADERS_ENABLED", (await model.EnvironmentOfAsync(Api)).Keys);

    [Fact]
    public async Task Is_shown_with_links_to_its_page_its_reference_its_OpenAPI_document_and_its_health()
    {
        var http = new EndpointReference(Api, "http");
        var context = new ResourceUrlsCallbackContext(
            model.Builder.ExecutionContext, Api, [new ResourceUrlAnnotation { Url = "http://localhost", Endpoint = http }]);

        foreach (var annotation in Api.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        Assert.Equal(
            [("PromptStash", "/"), ("API reference", "/scalar"), ("OpenAPI document", "/openapi/v1.json"), ("Health", "/health")],
            context.Urls.Select(url => (url.DisplayText, url.Url)));
    }
}
