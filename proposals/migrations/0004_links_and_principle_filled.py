"""Fill the links from the frozen texts, and keep the approvals in principle that stand."""

from django.db import migrations

FILL = """
INSERT INTO proposals_versionrecommendation (version_id, recommendation_id)
SELECT v.id, r.id FROM proposals_proposalversion v
CROSS JOIN LATERAL jsonb_array_elements_text(v.content::jsonb -> 'recommendations') AS named(code)
JOIN alliance_recommendation r ON r.code = named.code ORDER BY v.id, r.code;
INSERT INTO proposals_versionobjective (version_id, objective_id, percent)
SELECT v.id, o.id, (served.item ->> 'percent')::smallint FROM proposals_proposalversion v
CROSS JOIN LATERAL jsonb_array_elements(v.content::jsonb -> 'objectives') AS served(item)
JOIN alliance_objective o ON o.code = served.item ->> 'code' ORDER BY v.id, o.code;
UPDATE proposals_proposal p SET principle_at = p.decided_at, principle_reference = p.decision_reference,
    principle_version = (SELECT max(v.number) FROM proposals_proposalversion v WHERE v.proposal_id = p.id)
WHERE p.state = 'approved_in_principle';
"""


class Migration(migrations.Migration):
    dependencies = [("proposals", "0003_links_and_principle"), ("alliance", "0003_search")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
