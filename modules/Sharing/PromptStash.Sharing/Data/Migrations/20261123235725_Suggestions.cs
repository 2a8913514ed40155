using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptStash.Sharing.Data.Migrations
{
    /// <inheritdoc />
    public partial class Suggestions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "suggestions",
                schema: "sharing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    base_version = table.Column<int>(type: "integer", nullable: false),
                    content = table.Column<string>(type: "text", nullable: false),
                    message = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: true),
                    author_id = table.Column<Guid>(type: "uuid", nullable: true),
                    author_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    share_id = table.Column<Guid>(type: "uuid", nullable: true),
                    status = table.Column<string>(type: "character varying(9)", maxLength: 9, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    reason = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    version = table.Column<int>(type: "integer", nullable: true),
                    claim = table.Column<Guid>(type: "uuid", nullable: true),
                    claimed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_suggestions", x => x.id);
                    table.CheckConstraint("ck_suggestions_author", "(author_id IS NULL) <> (author_name IS NULL)");
                    table.CheckConstraint("ck_suggestions_status", "status IN ('OPEN', 'ACCEPTED', 'DECLINED', 'WITHDRAWN') AND (status = 'OPEN') = (decided_at IS NULL)");
                    table.CheckConstraint("ck_suggestions_version", "(status = 'ACCEPTED') = (version IS NOT NULL)");
                });

            migrationBuilder.CreateIndex(
                name: "ix_suggestions_author_id",
                schema: "sharing",
                table: "suggestions",
                column: "author_id");

            migrationBuilder.CreateIndex(
                name: "ix_suggestions_claimed_at",
                schema: "sharing",
                table: "suggestions",
                column: "claimed_at",
                filter: "status = 'OPEN' AND claimed_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_suggestions_decided_at",
                schema: "sharing",
                table: "suggestions",
                column: "decided_at",
                filter: "decided_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_suggestions_file_id_id",
                schema: "sharing",
                table: "suggestions",
                columns: new[] { "file_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_suggestions_owner_id",
                schema: "sharing",
                table: "suggestions",
                column: "owner_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "suggestions",
                schema: "sharing");
        }
    }
}
