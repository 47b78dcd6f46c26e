"""English text with parameters, which a translation needs apart."""

from typing import Any


class Message(str):
    """A text made from a template: English wherever a text is taken, translatable where it is shown to a person.

    >>> taken = Message("There is a project named “{name}” already.", name="Gates")
    >>> taken
    'There is a project named “Gates” already.'
    >>> taken.template, taken.parameters
    ('There is a project named “{name}” already.', {'name': 'Gates'})
    """

    template: str
    parameters: dict[str, Any]

    def __new__(cls, template: str, /, **parameters: object) -> "Message":
        """Put `parameters` into `template`, as `str.format` does."""
        # Of an exception its text: it would keep alive, by its traceback, all that was in memory when it was raised.
        parameters = {name: str(value) if isinstance(value, Exception) else value for name, value in parameters.items()}
        message = super().__new__(cls, template.format(**parameters))
        message.template, message.parameters = template, parameters
        return message

    def __str__(self) -> "Message":
        """Itself: the text of an exception stays translatable."""
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """Copies and pickles keep the parts."""
        return (self.template,), self.parameters


def as_message(text: str) -> Message:
    """A text without parameters as a message, so that it is translated inside another one too.

    >>> as_message("holds {}").template
    'holds {{}}'
    """
    return text if isinstance(text, Message) else Message(text.replace("{", "{{").replace("}", "}}"))


def in_field(field: str, message: str) -> Message:
    """What is wrong with one field, in a sentence about the whole."""
    return Message("{field}: {message}", field=field, message=message)
