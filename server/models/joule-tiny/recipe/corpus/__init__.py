"""Makes the examples that joule-tiny learns from. Knows nothing of tokens, networks or files of results."""
