"""The commands, one file each. They do not know one another; `main` names them."""
