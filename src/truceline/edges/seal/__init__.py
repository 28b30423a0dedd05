"""Sealing a result: entered in the mission's register, signed, cosigned by witnesses, stamped with trusted time."""
