"""How often a job tells how far it is."""

import time

EVERY_S = 0.1


class Pace:
    """Says when the next event is due: at once, and then every EVERY_S seconds."""

    def __init__(self) -> None:
        self._told = -EVERY_S

    def due(self) -> bool:
        """Return whether it is time for an event; if so, the next is due EVERY_S later."""
        now = time.monotonic()
        if now - self._told < EVERY_S:
            return False
        self._told = now
        return True
