"""Applications: optional verticals on top of the platform, each a Django app that may be left out.

Settings list them (`APPLICATIONS`); nothing outside an application's own folder imports it.
"""
