"""The dossier of a finding: made from a result folder and its seal, and verified by whoever disputes it."""
