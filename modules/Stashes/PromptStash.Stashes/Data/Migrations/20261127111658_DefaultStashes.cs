using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptStash.Stashes.Data.Migrations
{
    /// <inheritdoc />
    public partial class DefaultStashes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "default_stashes",
                schema: "stashes",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_default_stashes", x => x.user_id);
                });

            // Whoever has one, if only in the trash, was given it.
            migrationBuilder.Sql("INSERT INTO stashes.default_stashes (user_id) SELECT user_id FROM stashes.stashes WHERE is_default ON CONFLICT DO NOTHING;");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "default_stashes",
                schema: "stashes");
        }
    }
}
