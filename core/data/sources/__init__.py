"""Where rows come from: built-in datasets, files, the hub. Each hands over a `Source`."""
