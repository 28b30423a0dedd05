"""The service over HTTP: what comes in, what is shown, who may ask."""
