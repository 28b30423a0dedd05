"""Is this machine, and a service's folder, fit to serve? Each question is asked apart; nothing is changed."""
