"""The agreement's text to breaches: if an actor did this, does it break the text? Never who did it."""
