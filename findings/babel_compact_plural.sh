#!/bin/sh
# Babel 2.18.0: a compact figure takes its plural from the number before it is shortened, not from what is written.
# Guess: 1,000,000 in French is "1 million", as 1,049,999 in Spanish, rounded to 1.0, is "1 millón".
# Seen: "1 millions" and "1 millones". French has a plural of its own for whole millions ("de" follows it), which Babel picks
# by the full number; the word before "de" is then the one for 2 and more.
# So short sums of money on French and Spanish pages need a check of the exact million and of what rounds to it.
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "Babel==2.18.0"
"$folder/venv/bin/python" - <<'PROGRAM'
from babel import __version__
from babel.numbers import format_compact_decimal

assert __version__ == "2.18.0", __version__
seen = {
    ("fr", 1_000_000): "1 millions",
    ("fr", 1_049_999): "1 million",
    ("fr", 1_500_000): "1,5 million",
    ("es", 1_000_000): "1 millón",
    ("es", 1_049_999): "1 millones",
    ("it", 1_049_999): "1 milioni",
    ("en", 1_000_000): "1 million",
}
for (language, number), text in seen.items():
    written = format_compact_decimal(number, format_type="long", locale=language, fraction_digits=1).replace("\xa0", " ")
    print(language, number, written)
    assert written == text, f"changed: {language} {number} is {written!r}, was {text!r}"
PROGRAM
