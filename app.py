"""The standalone program: `create_app()` for `flask --app app` and any WSGI server."""

from sayso.wsgi import create_app

__all__ = ["create_app"]
