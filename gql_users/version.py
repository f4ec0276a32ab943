"""The version of the service, and of its package."""

__version__ = "0.1.0"
