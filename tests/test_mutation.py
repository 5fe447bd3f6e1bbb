"""The mutator: what it makes wrong, that it finds what no test watches; `tests/campaigns/mutants.py` does the whole."""

import ast
import re
import subprocess
import sys

import pytest
from django.conf import settings

from tests.campaigns.mutants import MODULES, Module, equivalents, sample
from tests.mutation import Mutant, mutants, mutated

MADE = [
    ("a < 1", ["a <= 1", "a >= 1", "2", "0"]),
    ("a == b", ["a != b"]),
    ("a in b", ["a not in b"]),
    ("a is None", ["a is not None"]),
    ("a == 'x'", ["a != 'x'", "a == 'x_'"]),
    ("a + b", ["a - b"]),
    ("a / b", ["a * b"]),
    ("'%s' % a", []),
    ("'a' + b", []),
    ("a and b", ["a or b", "b", "a"]),
    ("not a", ["a"]),
    ("-a", ["a"]),
    ("a if b else c", ["a", "c"]),
    ("[a for a in b if a]", ["for a in b"]),
    ("True", ["False"]),
    ("max(a, b)", ["min(a, b)"]),
    ("any(a)", ["all(a)"]),
    ("sorted(a)", ["a", "sorted(a, reverse=True)"]),
    ("sorted(a, key=b)", ["a", "sorted(a, key=b, reverse=True)", "sorted(a)"]),
    ("a.strip()", ["a"]),
    ("Decimal('0.01')", ["Decimal('0.02')"]),
    ("Decimal('5')", ["Decimal('6')"]),
    ("re.compile('^a+b?')", ["re.compile('a+b?')", "re.compile('^a*b?')", "re.compile('^ab?')", "re.compile('^a+b')", "re.compile('^a+b+')"]),
    ("re.compile('a{3}')", ["re.compile('a{4}')", "re.compile('a{2}')", "re.compile('a{3,}')"]),
    ("'SELECT a WHERE b <= c AND d IS NULL'", [
        "'SELECT a WHERE b < c AND d IS NULL'", "'SELECT a WHERE b <= c OR d IS NULL'", "'SELECT a WHERE b <= c AND d IS NOT NULL'",
    ]),
]  # fmt: skip
STATEMENTS = [
    ("if a:\n    b()", ["if True:", "if False:", "pass"]),
    ("while a:\n    b()", ["while False:", "pass"]),
    ("for a in b:\n    continue", ["for a in ():", "pass"]),
    ("a += 1", ["a -= 1", "pass", "2", "0"]),
    ("a.b = c", ["pass"]),
    ("a = a[b]", ["pass"]),
    ("a = b", []),
    ("raise a", ["pass"]),
    ("def f():\n    return a", ["return None"]),
    ("def f():\n    return [a]", ["return []"]),
    ("def f():\n    return sorted(a)", ["return []", "a", "sorted(a, reverse=True)"]),
    ("def f():\n    return None", []),
    ("def f(a: int = 1) -> 'a < b':\n    'A docstring.'", ["2", "0"]),
    ("import a\nassert b < c\nif TYPE_CHECKING:\n    d()", []),
]


@pytest.mark.parametrize(
    ("source", "made"), [*MADE, *STATEMENTS], ids=[source for source, _made in [*MADE, *STATEMENTS]]
)
def test_small_things_that_may_be_wrong(source, made):
    lines = source if (source, made) in STATEMENTS else f"x = {source}"
    assert [mutant.now for mutant in mutants(lines)] == made


def test_each_mode_of_rounding_is_tried_for_another():
    made = [mutant.now for mutant in mutants("x = a.quantize(b, rounding=ROUND_HALF_UP)")]
    assert {"'ROUND_HALF_EVEN'", "'ROUND_DOWN'", "'ROUND_UP'", "'ROUND_FLOOR'", "'ROUND_CEILING'"} < set(made)


def test_a_mutant_is_the_source_with_that_one_thing_changed():
    source = "class A:\n    def f(self):\n        if a < 1 or a < 1:\n            return a < 1\n"
    first, again = [mutant for mutant in mutants(source) if mutant.now == "a <= 1" and mutant.line.startswith("if")]
    assert first == Mutant("A.f", "if a < 1 or a < 1:", "a < 1", "a <= 1", 1)
    assert str(again) == "A.f: if ⟦a < 1 → a <= 1⟧ or a < 1: (2)"
    assert ast.unparse(mutated(source, again)) == ast.unparse(ast.parse(source.replace("or a < 1", "or a <= 1")))
    with pytest.raises(KeyError):
        mutated("a < 2", again)


@pytest.mark.parametrize("module", MODULES, ids=[module.name for module in MODULES])
def test_every_mutant_said_to_be_equivalent_is_one_of_its_module(module):
    known = {str(mutant) for mutant in mutants(module.path.read_text())}
    assert set(equivalents().get(module.name, {})) - known == set()


def test_equivalents_are_of_modules_that_are_tried_and_have_a_reason():
    assert set(equivalents()) <= {module.name for module in MODULES}
    assert [reason for known in equivalents().values() for reason in known.values() if len(reason.split()) < 3] == []


def test_a_sample_is_the_same_for_a_seed_and_in_the_order_of_the_source():
    module = MODULES[0]
    known = mutants(module.path.read_text())
    drawn = sample(module, seed=1, most=20)
    assert drawn == sample(module, seed=1, most=20) != sample(module, seed=2, most=20)
    assert [known.index(mutant) for mutant in drawn] == sorted(known.index(mutant) for mutant in drawn)
    assert sample(module, seed=1, most=None) == sample(module, seed=1, most=10**6) == known


# A tenth of the campaign

PLANTED = '''
from tests.campaigns.mutants import MODULES, tried, warm_up
from tests.mutation import mutants

module = next(module for module in MODULES if module.name == "alliance.core.days")
planted = module.path.read_text() + """

def unwatched(day):
    return day.day > 28


def ended(count):
    while count:
        count -= 1


ended(1)
"""
warm_up()
made = mutants(planted)
drawn = [mutant for mutant in made if mutant.at == "unwatched" or (mutant.at, mutant.now) == ("ended", "pass")]
print(tried(module, drawn, planted))
'''


def ran(*command):
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, cwd=settings.BASE_DIR
    )
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_what_no_test_watches_survives_and_what_never_ends_does_not():
    _code, said, errors = ran("-c", PLANTED)
    survived = [line.rpartition("days: ")[2] for line in said if line.startswith("survived")]
    assert survived == [
        "unwatched: ⟦return day.day > 28 → return None⟧",
        "unwatched: return ⟦day.day > 28 → day.day >= 28⟧",
        "unwatched: return ⟦day.day > 28 → day.day <= 28⟧",
        "unwatched: return day.day > ⟦28 → 29⟧",
        "unwatched: return day.day > ⟦28 → 27⟧",
    ], errors
    assert said[-1] == "alliance.core.days: sampled 6, killed 1, equivalent 0, survived 5, 16.7 %"


def test_a_sample_of_the_quickest_modules_is_killed():
    names = ("alliance.register.canonical", "alliance.core.days", "funds.contributions.positions")
    code, said, errors = ran("-m", "tests.campaigns.mutants", "--sample", "3", *(f"--module={name}" for name in names))
    figures = re.fullmatch(
        r"mutants: sampled 9, killed \d+, equivalent \d+, survived 0, 100.0 %, seed 1; \d+ s", said[-1]
    )
    assert (code, bool(figures)) == (0, True), (said, errors)


def test_modules_are_where_they_are_said_to_be():
    assert [module.name for module in MODULES if not module.path.exists()] == []
    tests = settings.BASE_DIR / "tests"
    assert [name for module in MODULES for name in module.tests if not (tests / name).exists()] == []
    assert Module("a.b", ()).path.name == "b.py"
