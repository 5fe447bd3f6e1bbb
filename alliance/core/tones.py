"""Colours with meaning, by name: the same on pages, charts and PDF."""

GOOD = "good"
OPEN = "open"
PROGRESS = "progress"
WARN = "warn"
BAD = "bad"
NEUTRAL = "neutral"

# On white paper. Pages have these and their dark twins in `static/css/tokens.css`; a test keeps the two alike.
COLOURS = {
    "o1": "#14708a",
    "o2": "#a8660b",
    "o3": "#7a4b8c",
    "gen": "#5d6b73",
    "x1": "#3f6fb5",
    "x2": "#a3405a",
    "x3": "#58762c",
    "x4": "#86694a",
    GOOD: "#1f7a46",
    OPEN: "#0d5c9e",
    PROGRESS: "#5a54a8",
    WARN: "#a85b00",
    BAD: "#b3261e",
    NEUTRAL: "#69737a",
    "accent": "#0d4a63",
    "warm": "#a84a14",
    "ink": "#1b2427",
    "ink-soft": "#525e62",
    "rule": "#d8d6cd",
    "ground": "#f5f4ef",
    "paper": "#ffffff",
    "on-tone": "#ffffff",
}

STATES = {
    GOOD: "acknowledged active accepted approved carried confirmed eligible established met operating paid posted received recorded "
    "signed done completed implemented delivered",
    OPEN: "open submitted pledged interested tabled offered",
    PROGRESS: "prepared authorised proposed approved_in_principle approved_waiting agreed contacted running queued waiting "
    "in_progress planned in_principle",
    WARN: "returned due suspended deferred no_quorum late closing overdue stopped to_session",
    BAD: "rejected cancelled written_off failed withdrawn refused reversed",
    NEUTRAL: "draft closed potential",
}
_TONE = {state: tone for tone, states in STATES.items() for state in states.split()}

# Objectives, and the windows that stand for them. GEN is the unearmarked pool.
MEANINGS = {"o1": "o1", "o2": "o2", "o3": "o3", "w1": "o1", "w2": "o2", "w3": "o3", "gen": "gen"}
OTHERS = ("x1", "x2", "x3", "x4")


def of_state(state: str) -> str:
    """Return the tone of a state; one that is not listed is neutral."""
    return _TONE.get(state, NEUTRAL)


def of_code(code: str) -> str:
    """Return the tone of an objective's or a window's code. An unknown code always gets the same one of four others."""
    key = code.lower()
    return MEANINGS.get(key) or OTHERS[sum(key.encode()) % len(OTHERS)]
