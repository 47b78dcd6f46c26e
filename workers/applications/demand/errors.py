"""Errors of demand forecasts, each with its code."""

from labelkit.messages import Message, in_field
from plateau.http.errors import Conflict, InvalidInput, NotFound


class ServiceAreaNameTaken(Conflict):
    """The organization has a service area of this name."""

    code = "service_area_name_taken"
    title = "Name already in use"

    def __init__(self, name: str) -> None:
        super().__init__(Message("An area named “{name}” already exists.", name=name), name=name)


class NoEvents(Conflict):
    """No event was uploaded to the service area."""

    code = "no_events"
    title = "No events"

    def __init__(self) -> None:
        super().__init__("The area has no events yet. Import an event file first.")


class NoWeather(Conflict):
    """No weather was uploaded to the service area."""

    code = "no_weather"
    title = "No weather data"

    def __init__(self) -> None:
        super().__init__("The area has no weather data.")


class ReportInProgress(Conflict):
    """A report on the service area is queued or running."""

    code = "report_in_progress"
    title = "Report in progress"

    def __init__(self) -> None:
        super().__init__("A report is being created. Wait until it is finished.")


class InvalidDataFile(InvalidInput):
    """A file of events or weather is missing, too large, or holds a wrong column or row."""

    code = "invalid_data_file"
    title = "Invalid file"

    def __init__(self, message: str) -> None:
        super().__init__(in_field("file", message), [{"field": "file", "message": message}])


class CellNotFound(NotFound):
    """The grid of the service area has no cell of this number."""

    code = "cell_not_found"

    def __init__(self) -> None:
        super().__init__("The area has no such cell.")
