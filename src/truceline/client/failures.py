"""What may go wrong between a client and a service."""


class Unreachable(Exception):
    """The service cannot be reached, or is too busy, after all tries. What was not acknowledged may be sent again."""


class Refused(Exception):
    """The service refuses: `code` as in HTTP, what is wrong, and what to do about it."""

    def __init__(self, code: int, what: str, remedy: str) -> None:
        self.code, self.what, self.remedy = code, what, remedy
        super().__init__(f"{what}. {remedy}." if remedy else f"{what}.")
