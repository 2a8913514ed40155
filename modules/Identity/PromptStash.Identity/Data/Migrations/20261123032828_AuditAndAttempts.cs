using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptStash.Identity.Data.Migrations
{
    /// <inheritdoc />
    [PromptStash.BuildingBlocks.NeedsDowntime("It replaces an index, before there was a release that anybody runs.")]
    public partial class AuditAndAttempts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Links that were sent before stop working; two rows of one identifier could not have one unique index.
            migrationBuilder.Sql("DELETE FROM identity.verifications;");

            migrationBuilder.DropIndex(
                name: "ix_verifications_identifier",
                schema: "identity",
                table: "verifications");

            migrationBuilder.DropColumn(
                name: "failed_count",
                schema: "identity",
                table: "users");

            migrationBuilder.DropColumn(
                name: "lockout_end",
                schema: "identity",
                table: "users");

            migrationBuilder.AddColumn<int>(
                name: "attempts",
                schema: "identity",
                table: "verifications",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "payload",
                schema: "identity",
                table: "verifications",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "attempt_counters",
                schema: "identity",
                columns: table => new
                {
                    key = table.Column<string>(type: "text", nullable: false),
                    count = table.Column<int>(type: "integer", nullable: false),
                    window_ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_attempt_counters", x => x.key);
                });

            migrationBuilder.CreateTable(
                name: "audit_events",
                schema: "identity",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    succeeded = table.Column<bool>(type: "boolean", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    ip_address = table.Column<string>(type: "character varying(45)", maxLength: 45, nullable: true),
                    user_agent = table.Column<string>(type: "character varying(512)", maxLength: 512, nullable: true),
                    detail = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_events", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_verifications_identifier",
                schema: "identity",
                table: "verifications",
                column: "identifier",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_attempt_counters_window_ends_at",
                schema: "identity",
                table: "attempt_counters",
                column: "window_ends_at");

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_occurred_at",
                schema: "identity",
                table: "audit_events",
                column: "occurred_at");

            migrationBuilder.CreateIndex(
                name: "ix_audit_events_user_id_id",
                schema: "identity",
                table: "audit_events",
                columns: new[] { "user_id", "id" });

            migrationBuilder.Sql(IdentitySql.KeepAuditEvents);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(IdentitySql.ForgetAuditEvents);

            migrationBuilder.DropTable(
                name: "attempt_counters",
                schema: "identity");

            migrationBuilder.DropTable(
                name: "audit_events",
                schema: "identity");

            migrationBuilder.DropIndex(
                name: "ix_verifications_identifier",
                schema: "identity",
                table: "verifications");

            migrationBuilder.DropColumn(
                name: "attempts",
                schema: "identity",
                table: "verifications");

            migrationBuilder.DropColumn(
                name: "payload",
                schema: "identity",
                table: "verifications");

            migrationBuilder.AddColumn<int>(
                name: "failed_count",
                schema: "identity",
                table: "users",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "lockout_end",
                schema: "identity",
                table: "users",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_verifications_identifier",
                schema: "identity",
                table: "verifications",
                column: "identifier");
        }
    }
}
