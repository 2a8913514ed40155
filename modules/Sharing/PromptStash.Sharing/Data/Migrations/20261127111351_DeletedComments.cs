using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptStash.Sharing.Data.Migrations
{
    /// <inheritdoc />
    public partial class DeletedComments : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "deleted_at",
                schema: "sharing",
                table: "comments",
                type: "timestamp with time zone",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "deleted_at",
                schema: "sharing",
                table: "comments");
        }
    }
}
