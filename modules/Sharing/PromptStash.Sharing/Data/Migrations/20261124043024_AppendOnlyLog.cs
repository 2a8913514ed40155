using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptStash.Sharing.Data.Migrations
{
    /// <inheritdoc />
    public partial class AppendOnlyLog : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(AppendOnlyLogSql.Up);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(AppendOnlyLogSql.Down);
    }
}
