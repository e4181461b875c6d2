"""What may become of a written row, for people: the gates by name, in the order in which they judge."""

ACCEPTED = "accepted"
TITLES = {
    "short": "It is long enough",
    "unique": "It repeats no other new row",
    "held_out": "It is no validation or test row",
    "novel": "The dataset does not have it",
    "copied": "It is not copied",
    "label": "Its label is kept",
    "meaning": "It is near its class",
}
