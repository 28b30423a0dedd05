"""Where inputs and exhibits are kept so that nothing acknowledged is lost."""
