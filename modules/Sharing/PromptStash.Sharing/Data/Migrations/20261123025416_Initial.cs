using System;
using Microsoft.EntityFrameworkCore.Migrations;
using PromptStash.Sharing.Data;

#nullable disable

namespace PromptStash.Sharing.Data.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "sharing");

            migrationBuilder.AlterDatabase()
                .Annotation("Npgsql:Enum:sharing.share_permission", "COMMENT,EDIT,VIEW");

            migrationBuilder.CreateTable(
                name: "comments",
                schema: "sharing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    line_from = table.Column<int>(type: "integer", nullable: true),
                    line_to = table.Column<int>(type: "integer", nullable: true),
                    parent_id = table.Column<Guid>(type: "uuid", nullable: true),
                    author_id = table.Column<Guid>(type: "uuid", nullable: true),
                    author_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    body = table.Column<string>(type: "character varying(10000)", maxLength: 10000, nullable: false),
                    resolved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    resolved_by = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_comments", x => x.id);
                    table.CheckConstraint("ck_comments_author", "(author_id IS NULL) <> (author_name IS NULL)");
                    table.CheckConstraint("ck_comments_lines", "line_from IS NULL AND line_to IS NULL OR line_from >= 1 AND line_to >= line_from");
                    table.ForeignKey(
                        name: "fk_comments_comments_parent_id",
                        column: x => x.parent_id,
                        principalSchema: "sharing",
                        principalTable: "comments",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "file_shares",
                schema: "sharing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    shared_with = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: true),
                    permission = table.Column<SharePermission>(type: "sharing.share_permission", nullable: false),
                    share_token = table.Column<byte[]>(type: "bytea", nullable: true),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    password_hash = table.Column<string>(type: "text", nullable: true),
                    max_accesses = table.Column<int>(type: "integer", nullable: true),
                    access_count = table.Column<int>(type: "integer", nullable: false),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_accessed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_file_shares", x => x.id);
                    table.CheckConstraint("ck_file_shares_access_count", "access_count >= 0 AND (max_accesses IS NULL OR access_count <= max_accesses)");
                    table.CheckConstraint("ck_file_shares_person_or_link", "(shared_with IS NULL) <> (share_token IS NULL)");
                });

            migrationBuilder.CreateTable(
                name: "outbox_messages",
                schema: "sharing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    payload = table.Column<string>(type: "jsonb", nullable: false),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    trace_parent = table.Column<string>(type: "character varying(55)", maxLength: 55, nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    not_before = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_error = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox_messages", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "share_accesses",
                schema: "sharing",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    share_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    ip_hash = table.Column<byte[]>(type: "bytea", nullable: true),
                    action = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    outcome = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_share_accesses", x => x.id);
                    table.ForeignKey(
                        name: "fk_share_accesses_shares_share_id",
                        column: x => x.share_id,
                        principalSchema: "sharing",
                        principalTable: "file_shares",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_comments_file_id_created_at",
                schema: "sharing",
                table: "comments",
                columns: new[] { "file_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_comments_parent_id",
                schema: "sharing",
                table: "comments",
                column: "parent_id");

            migrationBuilder.CreateIndex(
                name: "ix_file_shares_created_by",
                schema: "sharing",
                table: "file_shares",
                column: "created_by");

            migrationBuilder.CreateIndex(
                name: "ix_file_shares_file_id",
                schema: "sharing",
                table: "file_shares",
                column: "file_id");

            migrationBuilder.CreateIndex(
                name: "ix_file_shares_share_token",
                schema: "sharing",
                table: "file_shares",
                column: "share_token",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_file_shares_shared_with",
                schema: "sharing",
                table: "file_shares",
                column: "shared_with");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_messages_not_before_id",
                schema: "sharing",
                table: "outbox_messages",
                columns: new[] { "not_before", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_share_accesses_created_at",
                schema: "sharing",
                table: "share_accesses",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_share_accesses_share_id_created_at",
                schema: "sharing",
                table: "share_accesses",
                columns: new[] { "share_id", "created_at" },
                descending: new[] { false, true });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "comments",
                schema: "sharing");

            migrationBuilder.DropTable(
                name: "outbox_messages",
                schema: "sharing");

            migrationBuilder.DropTable(
                name: "share_accesses",
                schema: "sharing");

            migrationBuilder.DropTable(
                name: "file_shares",
                schema: "sharing");

            migrationBuilder.AlterDatabase()
                .OldAnnotation("Npgsql:Enum:sharing.share_permission", "COMMENT,EDIT,VIEW");
        }
    }
}
