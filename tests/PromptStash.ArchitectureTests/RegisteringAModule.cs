namespace PromptStash.ArchitectureTests;

public sealed class RegisteringAModule(TheHosts hosts, ModuleDatabases databases)
{
    private IEnumerable<string> Schemas => Repository.Modules.Select(module => databases.SchemaOf(module.Name)).Order(StringComparer.Ordinal);

    [Fact]
    public void In_the_api_registers_every_schema_once()
    {
        Assert.NotEmpty(Schemas);
        Assert.Equal(Schemas, hosts.SchemasOfTheApi.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task In_the_api_means_that_the_worker_migrates_it()
    {
        var migrated = await TheHosts.GetSchemasOfTheMigrationServiceAsync();

        Assert.NotEmpty(migrated);
        Assert.Equal(hosts.SchemasOfTheApi, migrated); // In the same order, too: it is the order of the migrations.
    }
}
