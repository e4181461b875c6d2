"""Augmentation: making new training rows from the ones there are, each traceable to its source."""
