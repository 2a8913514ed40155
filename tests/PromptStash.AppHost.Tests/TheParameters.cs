namespace PromptStash.AppHost.Tests;

public sealed class TheParameters(PublishedModel model, DevelopmentModel development)
{
    [Fact]
    public void Say_what_they_are_for() =>
        Assert.All(
            model.Builder.Resources.OfType<ParameterResource>(), parameter => Assert.False(string.IsNullOrWhiteSpace(parameter.Description)));

    [Fact]
    public void Keep_passwords_secret() =>
        Assert.Equal(
            ["postgres-password", "smtp-password"],
            model.Builder.Resources.OfType<ParameterResource>().Where(parameter => parameter.Secret).Select(parameter => parameter.Name).Order());

    [Fact]
    public void Have_no_value_that_a_developer_would_have_to_give() =>
        Assert.Equal(
            ["postgres-password", "postgres-user"],
            development.Builder.Resources.OfType<ParameterResource>().Select(parameter => parameter.Name).Order());

    [Fact]
    public void Make_the_password_up_when_nobody_gives_one()
    {
        var generated = Assert.IsType<GenerateParameterDefault>(model.Resource<ParameterResource>("postgres-password").Default);

        Assert.True(generated.MinLength >= 32);
        Assert.False(generated.Special);
    }

    [Fact]
    public void Have_no_value_in_a_file_of_the_repository() =>
        Assert.All(
            Directory.EnumerateFiles(model.Builder.AppHostDirectory, "*.json"),
            file => Assert.DoesNotContain("postgres-", File.ReadAllText(file), StringComparison.OrdinalIgnoreCase));
}
