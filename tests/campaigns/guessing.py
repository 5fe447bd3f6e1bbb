"""Somebody guesses passwords from many addresses and asks for new ones, and owners sign in all the same.

    .venv/bin/python -m tests.campaigns.guessing [--tries 10000] [--addresses 100] [--accounts 50] [--resets 1000]

Promised: nobody gets in who has not the password; afterwards every owner signs in from an address that has not tried, and in
a browser of their own even from one that has; of all the times that a new password was asked for, three send a mail. Prints one line; exit 1 when a promise is broken. Needs a database of its own,
which it makes and drops on the server named by DATABASE_URL (or on the embedded one).
"""

import argparse
import logging
import os
import sys
import time
from collections import Counter

import pytest  # noqa: F401  by this the settings know that tests run: what is counted matters, not how slowly is hashed

PASSWORD = "words that nobody guesses"
HOME = "203.0.113.9"


def sign_in(client, email: str, password: str, address: str) -> int:
    return client.post("/en/sign-in/", {"username": email, "password": password}, REMOTE_ADDR=address).status_code


def run(tries: int, addresses: int, accounts: int) -> tuple[Counter[int], dict[str, int]]:
    """Guess, and return what was answered and how many owners could not sign in where they should."""
    from django.test import Client

    from alliance.people.models import User

    emails = [f"owner{n}@ministry.example" for n in range(accounts)]
    for email in emails:
        User.objects.create_user(email, PASSWORD, name=email)
    own = {email: Client() for email in emails}
    locked = Counter(known=0, fresh=0)
    for email, client in own.items():
        locked["known"] += sign_in(client, email, PASSWORD, HOME) != 302
        client.post("/en/sign-out/")
    guesser = Client()
    answers = Counter(
        sign_in(guesser, emails[n % accounts], f"guess {n}", f"192.0.2.{n // accounts % addresses}")
        for n in range(tries)
    )
    for n, (email, client) in enumerate(own.items()):
        locked["known"] += sign_in(client, email, PASSWORD, f"192.0.2.{n % addresses}") != 302
        locked["fresh"] += sign_in(Client(), email, PASSWORD, f"198.51.100.{n}") != 302
    return answers, dict(locked)


def ask_for_passwords(times: int, addresses: int) -> int:
    """Ask for a new password of one account again and again; return how many mails were posted."""
    from django.test import Client

    from alliance.accounts.models import AccountMail

    client = Client()
    for n in range(times):
        client.post("/en/password/", {"email": "owner0@ministry.example"}, REMOTE_ADDR=f"192.0.2.{n % addresses}")
    return AccountMail.objects.count()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--addresses", type=int, default=100)
    parser.add_argument("--accounts", type=int, default=50)
    parser.add_argument("--resets", type=int, default=1000)
    plan = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    os.environ.setdefault("ALLIANCE_HOSTS", "testserver")
    logging.getLogger("django.request").setLevel(logging.ERROR)
    os.environ.setdefault("ALLIANCE_LOCAL", "1")
    from tests.campaigns.database import migrated, own_database

    with own_database("alliance_guessing", migrated):
        begun = time.monotonic()
        answers, locked = run(plan.tries, plan.addresses, plan.accounts)
        mails = ask_for_passwords(plan.resets, plan.addresses)
    ok = set(answers) <= {200, 429} and not any(locked.values()) and mails == min(3, plan.resets)
    sys.stdout.write(
        f"{plan.tries} guesses from {plan.addresses} addresses at {plan.accounts} accounts in "
        f"{time.monotonic() - begun:.0f} s: {answers[200]} looked at, {answers[429]} refused unseen, "
        f"{answers[302]} got in, {sum(locked.values())} owners kept out; "
        f"{plan.resets} passwords asked for, {mails} mails{'' if ok else ' - BROKEN'}\n"
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
