#!/bin/sh
# icalendar 7.3.2: a moment with a fixed offset (08:00 ahead of UTC, as a file of dates or a mail has it) loses its place in time.
# Guess: it is written in UTC, as RFC 5545 has no form for an offset alone.
# Seen: written as a local time of a zone "UTC+08:00" that the calendar does not define; add_missing_timezones() leaves it
# undefined and says nothing; read back by the same library the time has no zone at all. Offset nought is written in UTC.
# So deadlines of a calendar are turned into UTC before they are added.
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "icalendar==7.3.2"
"$folder/venv/bin/python" - <<'PROGRAM'
from datetime import UTC, datetime, timedelta, timezone

from icalendar import Calendar, Event, __version__

assert __version__ == "7.3.2", __version__


def written(zone):
    calendar, vote = Calendar(), Event()
    vote.add("dtstart", datetime(2008, 10, 29, 9, 30, tzinfo=zone))
    calendar.add_component(vote)
    calendar.add_missing_timezones()
    text = calendar.to_ical().decode()
    print(text)
    return text


text = written(timezone(timedelta(hours=8)))
assert 'DTSTART;TZID="UTC+08:00":20081029T093000' in text, text
assert "BEGIN:VTIMEZONE" not in text, text
read = Calendar.from_ical(text).walk("VEVENT")[0]["dtstart"].dt
print("read back:", read.isoformat(), read.tzinfo)
assert read == datetime(2008, 10, 29, 9, 30), read
assert read.tzinfo is None, read

text = written(timezone(timedelta(0)))
assert "DTSTART:20081029T093000Z" in text, text
assert Calendar.from_ical(text).walk("VEVENT")[0]["dtstart"].dt == datetime(2008, 10, 29, 9, 30, tzinfo=UTC)
PROGRAM
