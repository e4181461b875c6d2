"""Runs: jobs with an identity, each in a process of its own, remembered in SQLite."""
