"""Optional applications: Django apps on top of the platform that bring all that is their own, and may be left out.

Nothing imports an application. It comes with its tables, addresses (`urls.py`), jobs and demo data (registered by
`AppConfig.ready`), scheduled tasks (`schedule.py`) and recipes, and the front end shows its screens where the server
says that it is installed.
"""

from django.apps import AppConfig, apps


class Application(AppConfig):
    """The app config of an application."""

    default = False  # where `apps.py` imports this class, Django would not know which one is meant

    def __init_subclass__(cls, **kwargs: object) -> None:
        """A subclass is the config of its app."""
        super().__init_subclass__(**kwargs)
        cls.default = True

    @property
    def key(self) -> str:
        """What settings and the front end call it: the name of its package."""
        return self.name.rpartition(".")[2]


def installed_applications() -> list[Application]:
    """Every application that is installed, in the order of the settings."""
    return [config for config in apps.get_app_configs() if isinstance(config, Application)]
