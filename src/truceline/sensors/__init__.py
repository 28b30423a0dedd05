"""One folder a kind of sensing, physics only. `contract` says what each must answer."""
