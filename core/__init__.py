"""Everything of Corpus Lab that is true without a browser. Nothing in here imports streamlit."""
