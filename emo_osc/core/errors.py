"""The errors of users: in a set-up, and in a command while playing."""


class EmoOscError(Exception):
    """A set-up fault of the user's: one line naming place, value and remedy. The command prints it and exits with 2."""


class CommandError(Exception):
    """A bad command while playing: answered with `/emo/error code text address`, and the music goes on.

    >>> error = CommandError(3, "no mood 'brihgt', did you mean 'bright'?")
    >>> error.code, str(error)
    (3, "no mood 'brihgt', did you mean 'bright'?")
    """

    UNKNOWN_ADDRESS = 1
    WRONG_ARGUMENTS = 2
    UNKNOWN_NAME = 3
    NOT_NOW = 4
    GENERATOR_DOWN = 5
    MALFORMED = 6

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
