"""Registers: what was filed, how monitors were hindered, what is stored, who was harmed. Kept apart from breaches."""
