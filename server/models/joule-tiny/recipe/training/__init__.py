"""Trains joule-tiny and writes its file. Knows tokens, not what they say."""
