namespace PromptStash.AppHost.Tests;

public sealed class TheMailCatcher(DevelopmentModel model, PublishedModel published)
{
    private ProjectResource Api => model.Resource<ProjectResource>("api");

    [Fact]
    public async Task Gets_what_the_api_mails()
    {
        var environment = await model.DescribedEnvironmentOfAsync(Api);

        Assert.Equal("{mail.bindings.smtp.host}", environment["Mail__Smtp__Host"]);
        Assert.Equal("{mail.bindings.smtp.port}", environment["Mail__Smtp__Port"]);
        Assert.Equal("None", environment["Mail__Smtp__Security"]);
    }

    [Fact]
    public async Task Shows_mails_whose_links_lead_to_the_api() =>
        Assert.Equal("{api.bindings.http.url}", (await model.DescribedEnvironmentOfAsync(Api))["Api__PublicUrl"]);

    [Fact]
    public void Is_health_checked_and_nobody_waits_for_it()
    {
        Assert.Single(model.Resource<ContainerResource>("mail").Annotations.OfType<HealthCheckAnnotation>());
        Assert.DoesNotContain(
            model.Builder.Resources.SelectMany(AppHostModel.WaitsOf), wait => wait.Resource == "mail");
    }

    [Fact]
    public void Is_for_development_only() => Assert.DoesNotContain(published.Builder.Resources, resource => resource.Name == "mail");

    [Fact]
    public async Task Is_replaced_by_a_mail_server_that_somebody_names_when_it_is_published()
    {
        var environment = await published.EnvironmentOfAsync(published.Resource<ProjectResource>("api"));

        Assert.Equal("{smtp-host.value}", environment["Mail__Smtp__Host"]);
        Assert.Equal("{smtp-user.value}", environment["Mail__Smtp__UserName"]);
        Assert.Equal("{smtp-password.value}", environment["Mail__Smtp__Password"]);
        Assert.Equal("{mail-from.value}", environment["Mail__From"]);
        Assert.Equal("{public-url.value}", environment["Api__PublicUrl"]);
    }
}
