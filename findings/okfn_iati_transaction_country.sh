#!/bin/sh
# okfn-iati 0.4.3: the country of a transaction is taken and never written.
# Guess: Transaction(recipient_country=…), which its documentation lists, becomes <recipient-country> in the transaction, as its
# recipient_region becomes <recipient-region>.
# Seen: the file has no country at all, without a word; the library's own check of the rules then says of that file that the
# activity names no recipient. A region given in the same way is written.
# So whoever writes money by country with it loses the countries; we write our files ourselves and use its schemas alone.
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "okfn-iati==0.4.3"
"$folder/venv/bin/python" - <<'PROGRAM'
from importlib.metadata import version

from okfn_iati import (
    Activity, ActivityDate, ActivityStatus, IatiActivities, IatiValidator, IatiXmlGenerator, Narrative,
    OrganizationRef, ParticipatingOrg, Transaction,
)

assert version("okfn-iati") == "0.4.3"
FUND = OrganizationRef(ref="XI-IATI-EXAMPLE", type="40", narratives=[Narrative(text="A fund")])


def written(**recipient):
    payment = Transaction(type="3", date="2008-09-15", value=480000.0, currency="USD", value_date="2008-09-15", **recipient)
    activity = Activity(
        iati_identifier="XI-IATI-EXAMPLE-1", reporting_org=FUND, title=[Narrative(text="A project")],
        description=[{"type": "1", "narratives": [Narrative(text="What it does")]}],
        participating_orgs=[ParticipatingOrg(role="1", ref="XI-IATI-EXAMPLE", type="40")],
        activity_status=ActivityStatus.IMPLEMENTATION,
        activity_dates=[ActivityDate(type="2", iso_date="2008-09-15")],
        sectors=[{"code": "15190", "vocabulary": "1"}], transactions=[payment],
    )
    return IatiXmlGenerator().generate_iati_activities_xml(IatiActivities(version="2.03", activities=[activity]))


by_country, by_region = written(recipient_country={"code": "PH"}), written(recipient_region="798")
print("country:", "recipient-country" in by_country, "region:", "recipient-region" in by_region)
assert "recipient-country" not in by_country
assert '<recipient-region code="798"' in by_region, by_region
well, why = IatiValidator().check_ruleset(by_country)
print(why)
assert (well, [one for one in why if "recipient-country" in one] == why) == (False, True), why
assert IatiValidator().check_ruleset(by_region) == (True, [])
PROGRAM
