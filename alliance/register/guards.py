"""Database guards as migration operations: append-only tables refuse update, delete and truncate."""

from collections.abc import Sequence

from django.db import migrations

REFUSE = """
CREATE FUNCTION alliance_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION alliance_refuse_change_but() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    opened text;
    was jsonb := to_jsonb(OLD);
    wanted jsonb := to_jsonb(NEW);
BEGIN
    FOREACH opened IN ARRAY TG_ARGV LOOP
        IF was -> opened = 'null'::jsonb THEN
            was := was - opened;
            wanted := wanted - opened;
        END IF;
    END LOOP;
    IF was IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""
UNREFUSE = "DROP FUNCTION alliance_refuse_change_but(); DROP FUNCTION alliance_refuse_change();"


def append_only(table: str, *, may_set_once: Sequence[str] = ()) -> migrations.RunSQL:
    """Return the operation that makes `table` append-only.

    Columns in `may_set_once` may go from null to a value, once.
    """
    arguments = ", ".join(f"'{name}'" for name in may_set_once)
    update = f"alliance_refuse_change_but({arguments})" if may_set_once else "alliance_refuse_change()"
    forward = f"""
        CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {update};
        CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION alliance_refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION alliance_refuse_change();
    """
    backward = "".join(f"DROP TRIGGER {table}_no_{verb} ON {table};" for verb in ("update", "delete", "truncate"))
    return migrations.RunSQL(forward, backward)
