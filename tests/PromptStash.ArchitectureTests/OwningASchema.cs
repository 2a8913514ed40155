using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace PromptStash.ArchitectureTests;

public sealed partial class OwningASchema(ModuleDatabases databases)
{
    public static TheoryData<string> Modules => Repository.ModuleNames;

    [Fact]
    public void Means_that_no_other_module_has_it()
    {
        var schemas = Repository.Modules.Select(module => databases.SchemaOf(module.Name)).ToList();

        Assert.NotEmpty(schemas);
        Assert.Distinct(schemas);
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Means_that_all_tables_and_types_are_in_it(string module) => databases.Look(module, (_, model) =>
    {
        var schema = model.GetDefaultSchema();
        var relational = model.GetRelationalModel();

        Assert.NotNull(schema);
        Rule.HoldsFor(relational.Tables, table => table.Schema == schema, table => $"{table.Schema}.{table.Name}");
        Rule.IsBrokenBy(relational.Views.Where(view => view.Schema != schema), view => $"{view.Schema}.{view.Name}");
        Rule.IsBrokenBy(model.GetSequences().Where(sequence => sequence.Schema != schema), sequence => sequence.Name);
        Rule.IsBrokenBy(model.GetPostgresEnums().Where(type => type.Schema != schema), type => type.Name);
    });

    [Theory]
    [MemberData(nameof(Modules))]
    public void Means_that_the_history_of_migrations_is_in_it(string module) => databases.Look(module, (context, model) =>
    {
        var options = context.GetService<IDbContextOptions>().Extensions.OfType<RelationalOptionsExtension>().Single();

        Assert.NotNull(options.MigrationsHistoryTableSchema);
        Assert.Equal(model.GetDefaultSchema(), options.MigrationsHistoryTableSchema);
    });

    [Theory]
    [MemberData(nameof(Modules))]
    public void Means_snake_case_names(string module) =>
        databases.Look(module, (_, model) => Rule.HoldsFor(NamesIn(model), name => SnakeCase().IsMatch(name)));

    [Theory]
    [MemberData(nameof(Modules))]
    public void Means_that_the_last_migration_holds_the_model(string module) => databases.Look(module, (context, _) =>
    {
        Assert.NotEmpty(context.Database.GetMigrations());
        Assert.False(context.Database.HasPendingModelChanges(), $"The model of {module} was changed without a migration.");
    });

    [Fact]
    public void Means_that_no_other_modules_text_names_it()
    {
        var naming = (
            from owner in Repository.Modules
            let named = new Regex($"""(?<![\w.]){Regex.Escape(databases.SchemaOf(owner.Name))}"?\.["\w]""", RegexOptions.IgnoreCase)
            from module in Repository.Modules
            from literal in SourceCode.Of(module.Implementation).Literals()
            where named.IsMatch(literal.Text)
            select (Owner: owner, Module: module, Literal: literal)).ToList();

        // Modules do name their own schema; none found means that nothing was read.
        Rule.HoldsFor(naming, found => found.Owner == found.Module, found => found.Literal.ToString());
    }

    private static IEnumerable<string> NamesIn(IModel model)
    {
        foreach (var table in model.GetRelationalModel().Tables)
        {
            yield return table.Name;
            foreach (var name in table.Columns.Select(column => column.Name)
                .Concat(table.UniqueConstraints.Select(key => key.Name)) // The primary key is one of them.
                .Concat(table.ForeignKeyConstraints.Select(key => key.Name))
                .Concat(table.CheckConstraints.Select(check => check.Name ?? "(a check without a name)"))
                .Concat(table.Indexes.Select(index => index.Name)))
            {
                yield return name;
            }
        }

        foreach (var name in model.GetPostgresEnums().Select(type => type.Name))
        {
            yield return name;
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    private static partial Regex SnakeCase();
}
