"""What was prepared is what is authorised and paid: instructions to move money never change, and none is deleted."""

from django.db import migrations

from alliance.register.guards import append_only

STAYS = """
-- After the row's constraints: what is not named in the arguments never changes, and what is named is set once.
CREATE FUNCTION funds_guard_instruction() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stamp text;
    was jsonb := to_jsonb(OLD) - 'state';
    wanted jsonb := to_jsonb(NEW) - 'state';
BEGIN
    FOREACH stamp IN ARRAY TG_ARGV LOOP
        IF was -> stamp IN ('null'::jsonb, '""'::jsonb) THEN
            was := was - stamp;
            wanted := wanted - stamp;
        END IF;
    END LOOP;
    IF was IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION 'what was prepared stays as it was prepared' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
"""
STAMPS = {
    "funds_payment": "authorised_by_id authorised_at paid_by_id paid_on bank_reference acknowledged_by_id "
    "acknowledged_at cancelled_by_id cancelled_at cancelled_why entry_id",
    "funds_voucher": "authorised_by_id authorised_at cancelled_by_id cancelled_at cancelled_why entry_id",
}


def forward(table: str, stamps: str) -> str:
    named = ", ".join(f"'{stamp}'" for stamp in stamps.split())
    return f"""
CREATE TRIGGER {table}_stays AFTER UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION funds_guard_instruction({named});
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION alliance_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION alliance_refuse_change();
"""


def backward(table: str) -> str:
    return "".join(f"DROP TRIGGER {table}_{name} ON {table};" for name in ("stays", "no_delete", "no_truncate"))


class Migration(migrations.Migration):
    dependencies = [("funds", "0005_vouchers"), ("alliance", "0002_guards")]

    operations = [
        migrations.RunSQL(STAYS, "DROP FUNCTION funds_guard_instruction();"),
        *(migrations.RunSQL(forward(table, stamps), backward(table)) for table, stamps in STAMPS.items()),
        append_only("funds_consent"),
    ]
