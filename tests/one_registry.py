"""One registry of components for all pages that tests run.

Python 3.10 has Streamlit 1.65, where each AppTest has a registry of its own, and those components are not in it that
a module registered which was imported before; in the app there is one registry, as here. Streamlit 1.67 needs none of
this.
"""

from streamlit.components import v2
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import app_test


def share_registry() -> None:
    """Let all pages that AppTest runs from now on know the same components; before modules of pages are imported."""
    registry = BidiComponentManager()
    v2.get_bidi_component_manager = lambda: registry
    app_test.BidiComponentManager = lambda: registry
