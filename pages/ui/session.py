"""Who is here, and what is theirs: the owner, the workspace, the runs, and the one supervisor of the server."""

import hashlib
import os
import re
import secrets

import streamlit as st

from core.data.workspace import LOCAL_OWNER, Workspace
from core.runs import deleting
from core.runs.store import Run, RunStore
from core.runs.supervisor import Supervisor
from core.storage import home_folder, keep_libraries_at_home

COOKIE = "corpus_lab_owner"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
LOOPBACK = ("localhost", "127.0.0.1", "::1")

_remember = st.components.v2.component(
    "corpus_lab_owner",
    js="""export default function({ data }) {
        const secure = location.protocol === "https:" ? "; Secure" : "";
        document.cookie = `${data.name}=${data.token}; path=/; max-age=31536000; SameSite=Lax${secure}`;
    }""",
)


def private_workspaces() -> bool:
    """Whether each browser sees only its own datasets and runs.

    CORPUS_LAB_PRIVATE=1 or 0 decides; without it, private unless the server listens on this machine alone.
    """
    chosen = os.environ.get("CORPUS_LAB_PRIVATE", "")
    if chosen:
        return chosen not in ("0", "false", "no")
    return st.get_option("server.address") not in LOOPBACK


def owner() -> str:
    """Return the owner of this browser's datasets and runs. The secret stays in the browser's cookie."""
    if not private_workspaces():
        return LOCAL_OWNER
    if "owner_token" not in st.session_state:
        known = st.context.cookies.get(COOKIE, "")
        st.session_state.owner_token = known if TOKEN.fullmatch(known) else secrets.token_urlsafe(32)
        st.session_state.owner_is_new = st.session_state.owner_token != known
    return hashlib.sha256(st.session_state.owner_token.encode()).hexdigest()[:32]


def remember_owner() -> None:
    """Leave the secret in a new browser's cookie, so that a reload finds the same datasets and runs."""
    if private_workspaces() and owner() and st.session_state.owner_is_new:
        _remember(data={"name": COOKIE, "token": st.session_state.owner_token}, key="owner", height=1)


def workspace() -> Workspace:
    """Return the workspace of this browser's owner."""
    return Workspace(home_folder(), owner())


def runs() -> RunStore:
    """Return the runs of this browser's owner."""
    return RunStore(home_folder(), owner())


@st.cache_resource(show_spinner=False)
def supervisor() -> Supervisor:
    """Return the server's one supervisor, started, which also settles where the server's libraries write."""
    keep_libraries_at_home()
    started = Supervisor(home_folder())
    started.start()
    return started


def delete_run(run: Run) -> None:
    """Delete an ended run of this browser's owner. Raises as `core.runs.deleting.delete_run`."""
    deleting.delete_run(runs(), run)
