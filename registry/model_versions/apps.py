"""App config."""

from django.apps import AppConfig


class VersionsConfig(AppConfig):
    """Label: `model_versions`."""

    name = "registry.model_versions"
    label = "model_versions"

    def ready(self) -> None:
        """Versions made from erased items say so."""
        from plateau.datalake.hooks import Follower, followers
        from registry.model_versions import erasure

        followers.append(Follower(erasure.reach, erasure.erase))
