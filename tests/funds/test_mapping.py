"""The small file that says which column means what: what it may hold, and how it is refused."""

import pytest

from funds.imports.mapping import BadMapping, Mapping, read_mapping

WHOLE = """
encoding = "latin-1"
decimal = ","
dates = ["%d/%m/%Y", "%x"]
amounts = "own"
key = "id"
[donor]
name = "who"
country = "land"
type = "sort"
[donor.types]
"Member State" = "state"
Bank = "trustee"
[pledge]
amount = "promised"
currency = "cur"
date = "day"
[agreement]
amount = "signed"
currency = "cur"
date = "day"
kind = "paper"
[deposit]
amount = "paid"
currency = "cur"
date = "day"
[writeoff]
amount = "lost"
date = "day"
[stage]
column = "state"
[stage.values]
Open = "pledged"
Hoped = "pipeline"
Done = "paid"
Gone = "cancelled"
"""
LEAST = """
dates = ["%Y-%m-%d"]
amounts = "fund"
key = "id"
[donor]
name = "who"
[deposit]
amount = "paid"
currency = "cur"
date = "day"
"""
STAGE = '[stage]\ncolumn = "state"\n[stage.values]\n'
PAID = {"amount": "paid", "currency": "cur", "date": "day"}


def refused(text):
    with pytest.raises(BadMapping) as refusal:
        read_mapping(text.encode() if isinstance(text, str) else text)
    assert refusal.value.args == (refusal.value.why,)
    assert str(refusal.value) == str(refusal.value.why)
    assert "%(" not in str(refusal.value)
    return refusal.value.why.code, dict(refusal.value.why.values)


def test_a_mapping_holds_all_that_its_file_says():
    assert read_mapping(WHOLE.encode()) == Mapping(
        key="id",
        amounts="own",
        dates=("%d/%m/%Y", "%x"),
        donor={"name": "who", "country": "land", "type": "sort"},
        encoding="iso8859-1",
        decimal=",",
        donor_types={"Member State": "state", "Bank": "trustee"},
        pledge={"amount": "promised", "currency": "cur", "date": "day"},
        agreement={"amount": "signed", "currency": "cur", "date": "day", "kind": "paper"},
        deposit=PAID,
        writeoff={"amount": "lost", "date": "day"},
        stage="state",
        stages={"Open": "pledged", "Hoped": "pipeline", "Done": "paid", "Gone": "cancelled"},
    )


def test_an_absent_table_is_an_absent_stage():
    assert read_mapping(LEAST.encode()) == Mapping(
        key="id",
        amounts="fund",
        dates=("%Y-%m-%d",),
        donor={"name": "who"},
        encoding="utf-8",
        decimal=".",
        deposit=PAID,
    )


def test_the_columns_that_a_file_must_have_are_those_that_are_named():
    assert read_mapping(LEAST.encode()).columns() == ["id", "who", "paid", "cur", "day"]
    assert read_mapping(WHOLE.encode()).columns() == [
        "id", "who", "land", "sort", "promised", "cur", "day", "signed", "cur", "day", "paper", "paid", "cur", "day",
        "lost", "day", "state",
    ]  # fmt: skip


@pytest.mark.parametrize("stage", ["pledge", "agreement", "deposit"])
def test_one_stage_is_enough(stage):
    found = read_mapping(LEAST.replace("[deposit]", f"[{stage}]").encode())
    assert {name: getattr(found, name) for name in ("pledge", "agreement", "deposit")} == {
        "pledge": None, "agreement": None, "deposit": None, stage: PAID,
    }  # fmt: skip


CASES = [
    ("one" + LEAST, ("mapping_toml", None)),
    ('colour = "red"\nblue = 1' + LEAST, ("mapping_unknown", {"where": "the mapping", "name": "blue"})),
    (LEAST + 'shade = "x"', ("mapping_unknown", {"where": "[deposit]", "name": "shade"})),
    (LEAST + 'types = "x"', ("mapping_unknown", {"where": "[deposit]", "name": "types"})),
    (LEAST.replace('currency = "cur"\n', ""), ("mapping_lacks", {"where": "[deposit]", "name": "currency"})),
    (LEAST.replace('currency = "cur"\ndate = "day"\n', ""), ("mapping_lacks", {"where": "[deposit]", "name": "currency"})),
    (LEAST.replace('name = "who"', ""), ("mapping_lacks", {"where": "[donor]", "name": "name"})),
    (LEAST.replace('"who"', '""'), ("mapping_no_column", {"table": "donor", "name": "name"})),
    (LEAST.replace('"who"', "5"), ("mapping_no_column", {"table": "donor", "name": "name"})),
    (LEAST.replace('[donor]\nname = "who"\n', ""), ("mapping_no_donor", {})),
    ("donor = 5" + LEAST.replace('[donor]\nname = "who"\n', ""), ("mapping_no_table", {"name": "donor"})),
    (LEAST.partition("[deposit]")[0], ("mapping_no_stage", {})),
    (LEAST.partition("[deposit]")[0] + '[writeoff]\namount = "a"\ndate = "b"', ("mapping_no_stage", {})),
    (LEAST.replace('key = "id"', ""), ("mapping_lacks", {"where": "the mapping", "name": "key"})),
    (LEAST.replace('key = "id"', 'key = ""'), ("mapping_no_text", {"name": "key"})),
    (LEAST.replace('key = "id"', "key = 5"), ("mapping_no_text", {"name": "key"})),
    (LEAST.replace('"fund"', '"both"'), ("mapping_choice", {"name": "amounts", "value": "both", "allowed": "fund or own"})),
    ('decimal = ";"' + LEAST, ("mapping_choice", {"name": "decimal", "value": ";", "allowed": ". or ,"})),
    (LEAST.replace('["%Y-%m-%d"]', "[]"), ("mapping_dates", {"form": "%Y-%m-%d"})),
    (LEAST.replace('["%Y-%m-%d"]', '"%Y-%m-%d"'), ("mapping_dates", {"form": "%Y-%m-%d"})),
    (LEAST.replace('["%Y-%m-%d"]', '["%Y-%m-%d", 5]'), ("mapping_dates", {"form": "%Y-%m-%d"})),
    (LEAST.replace('["%Y-%m-%d"]', '["%Y-%m-%d", "%d.%m"]'), ("mapping_dates", {"form": "%Y-%m-%d"})),
    (LEAST.replace("%Y-%m-%d", "%Y %Q"), ("mapping_dates", {"form": "%Y-%m-%d"})),
    (LEAST.replace("%Y-%m-%d", "%Y/%Y"), ("mapping_dates", {"form": "%Y-%m-%d"})),
    (LEAST.replace('dates = ["%Y-%m-%d"]', ""), ("mapping_dates", {"form": "%Y-%m-%d"})),
    ('encoding = "utf-99"' + LEAST, ("mapping_encoding", {"value": "utf-99"})),
    ('encoding = "hex"' + LEAST, ("mapping_encoding", {"value": "hex"})),
    ("encoding = 8" + LEAST, ("mapping_encoding", {"value": "8"})),
    (LEAST + STAGE + 'a = "perhaps"', (
        "mapping_value", {"name": "stage.values", "value": "perhaps", "allowed": "pipeline, pledged, paid, cancelled"},
    )),
    (LEAST + '[stage]\ncolumn = "state"\nvalues = 5', ("mapping_no_table", {"name": "stage.values"})),
    (LEAST + '[stage]\ncolumn = "state"', ("mapping_lacks", {"where": "[stage]", "name": "values"})),
    (LEAST.replace('name = "who"', 'name = "who"\n[donor.types]\nX = "king"'), (
        "mapping_value", {"name": "donor.types", "value": "king", "allowed": "state, institution, private, other, trustee"},
    )),
    (LEAST.replace('name = "who"', 'name = "who"\ntypes = 5'), ("mapping_no_table", {"name": "donor.types"})),
]  # fmt: skip


@pytest.mark.parametrize(("text", "why"), CASES, ids=range(len(CASES)))
def test_a_mapping_that_cannot_be_used_is_refused_with_the_place(text, why):
    code, values = refused(text)
    assert (code, values if why[1] is not None else None) == why


@pytest.mark.parametrize(
    "content", [b"\xff", b"key = " + b"[" * 3000, b"key = " + b"9" * 5000], ids=["bytes", "deep", "long"]
)
def test_what_is_no_toml_is_refused(content):
    assert refused(content)[0] == "mapping_toml"


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z", "%d.%m.%y", "%c", "%x", "%G-W%V-%u", "%d %b %Y"])
def test_dates_are_read_in_any_form_that_has_a_year(form):
    assert read_mapping(LEAST.replace("%Y-%m-%d", form).encode()).dates == (form,)
