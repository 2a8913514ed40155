namespace PromptStash.Identity.Data;

/// <summary>What the model cannot say; run by migrations.</summary>
internal static class IdentitySql
{
    /// <summary>
    /// Makes the audit append-only for everybody who comes through SQL, also for a slice that forgot. Retention may delete what is older
    /// than 90 days, on the database's clock.
    /// </summary>
    public const string KeepAuditEvents =
        """
        CREATE FUNCTION identity.keep_audit_events() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND OLD.occurred_at < now() - interval '90 days' THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'audit events are append-only' USING ERRCODE = 'restrict_violation';
        END
        $$;
        CREATE TRIGGER keep_audit_events BEFORE UPDATE OR DELETE ON identity.audit_events
            FOR EACH ROW EXECUTE FUNCTION identity.keep_audit_events();
        """;

    /// <summary>Undoes <see cref="KeepAuditEvents"/>; the trigger goes with its table.</summary>
    public const string ForgetAuditEvents = "DROP FUNCTION IF EXISTS identity.keep_audit_events() CASCADE;";
}
