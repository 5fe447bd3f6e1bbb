"""The clock's function, the numbers' sequences, the register's head, and what keeps it append-only."""

from django.db import migrations

from alliance.core import clock, references
from alliance.register.guards import REFUSE, UNREFUSE, append_only

REGISTER = """
CREATE SEQUENCE alliance_entry_id;
INSERT INTO alliance_registerhead (id, n, hash) VALUES (1, 0, repeat('0', 64));

-- The head moves by whole steps forward only, and only together with the entry that it names.
CREATE FUNCTION alliance_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.n < OLD.n OR NOT EXISTS (
        SELECT 1 FROM alliance_registerentry e WHERE e.n = NEW.n AND e.hash = NEW.hash
    ) THEN
        RAISE EXCEPTION 'the head names the last entry' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER alliance_registerhead_forward BEFORE UPDATE ON alliance_registerhead
    FOR EACH ROW EXECUTE FUNCTION alliance_head_forward();
CREATE TRIGGER alliance_registerhead_stays BEFORE DELETE ON alliance_registerhead
    FOR EACH ROW EXECUTE FUNCTION alliance_refuse_change();
"""
UNREGISTER = """
DROP TRIGGER alliance_registerhead_stays ON alliance_registerhead;
DROP TRIGGER alliance_registerhead_forward ON alliance_registerhead;
DROP FUNCTION alliance_head_forward();
DELETE FROM alliance_registerhead;
DROP SEQUENCE alliance_entry_id;
"""


class Migration(migrations.Migration):
    dependencies = [("alliance", "0001_initial")]

    operations = [
        migrations.RunSQL(clock.CREATE_NOW, clock.DROP_NOW),
        migrations.RunSQL(references.CREATE, references.DROP),
        migrations.RunSQL(REFUSE, UNREFUSE),
        migrations.RunSQL(REGISTER, UNREGISTER),
        append_only("alliance_registerentry", may_set_once=("public_from",)),
        append_only("alliance_checkpoint"),
        append_only("alliance_storedfile"),
    ]
