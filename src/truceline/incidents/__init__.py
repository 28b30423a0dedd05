"""Events to incidents: what belongs to one act or one exchange."""
