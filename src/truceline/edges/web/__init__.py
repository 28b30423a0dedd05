"""The front end: its source, what was built of it, and what is served as it is."""
