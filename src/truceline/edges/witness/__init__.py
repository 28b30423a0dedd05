"""A witness: a small service that any nation, neutral body or party can run to keep a log honest."""
