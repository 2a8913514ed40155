using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptStash.Stashes.Data.Migrations
{
    /// <inheritdoc />
    [PromptStash.BuildingBlocks.NeedsDowntime("It fills the search table anew, before there was a release that anybody runs.")]
    public partial class Search : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(SearchSql.Up);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(SearchSql.Down);
        }
    }
}
