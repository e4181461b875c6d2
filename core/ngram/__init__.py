"""N-gram language models: counts, estimators, held-out reports, sampling, and ARPA files."""
